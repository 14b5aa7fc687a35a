#!lua
-- Keep a conversation out of the agents' sight for a while.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 until when, or '0.0' to end it · 4-8 the event turn
-- Returns the state as JSON, or nil when there is no such conversation

local at = place_of(ARGV[2])
local before = load_state(at)
if not before then return false end
if before.status == 'resolved' or tonumber(before.snoozed) == tonumber(ARGV[3]) then return state_json(before) end
local state = copy(before)
if tonumber(ARGV[3]) > 0 then append(at, state, 4) end
state.snoozed = ARGV[3]
save(at, state, before)
return state_json(state)
