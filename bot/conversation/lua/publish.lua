#!lua
-- Show an event of an answer in the making, while the claim holds.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 fence, or '' for an event that belongs to no answer · 4 kind · 5 data (JSON)
-- Returns 1 shown · 0 the claim was lost

local at = place_of(ARGV[2])
if ARGV[3] ~= '' and redis.call('HGET', at.state, 'fence') ~= ARGV[3] then return 0 end
show(at, ARGV[4], ARGV[5])
return 1
