#!lua
-- Make an agent the owner; all pending turns are settled and all claims are lost.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 agent · 4-8 the event turn · 9-13 another, of who assigned it, or nothing
-- Returns the state as JSON, or nil when there is no such conversation

local at = place_of(ARGV[2])
local before = load_state(at)
if not before then return false end
local state = copy(before)
if ARGV[9] and before.owner ~= ARGV[3] then append(at, state, 9) end
give_to(at, state, ARGV[3], 4)
save(at, state, before)
return state_json(state)
