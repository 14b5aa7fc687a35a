#!lua
-- Store an event turn, once.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3-7 the event turn
-- Returns the state as JSON, or nil when there is no such conversation

local at = place_of(ARGV[2])
local before = load_state(at)
if not before then return false end
if redis.call('HEXISTS', at.seen, ARGV[3]) == 1 then return state_json(before) end
local state = copy(before)
append(at, state, 3)
save(at, state, before)
return state_json(state)
