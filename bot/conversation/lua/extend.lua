#!lua flags=no-writes
-- What is pending by now for a claim.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 fence
-- Returns {{turns}, id of the last event}, or nil when the claim was lost

local at = place_of(ARGV[2])
if redis.call('HGET', at.state, 'fence') ~= ARGV[3] then return false end
return {redis.call('LRANGE', at.mailbox, 0, -1), last_event(at.events)}
