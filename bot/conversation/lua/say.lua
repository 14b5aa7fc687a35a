#!lua
-- Store an agent's turn, once, and make the agent the owner.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 agent · 4-8 the event turn · 9-13 the agent's turn
-- Returns the state as JSON, or nil when there is no such conversation

local at = place_of(ARGV[2])
local before = load_state(at)
if not before then return false end
if redis.call('HEXISTS', at.seen, ARGV[9]) == 1 then return state_json(before) end
local state = copy(before)
give_to(at, state, ARGV[3], 4)
append(at, state, 9)
save(at, state, before)
return state_json(state)
