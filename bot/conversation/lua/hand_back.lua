#!lua
-- Make the bot the owner again, with status open.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 '1' to leave it to an agent who has spoken in this episode · 4-8 the event turn
-- Returns the state as JSON, or nil when there is no such conversation

local at = place_of(ARGV[2])
local before = load_state(at)
if not before then return false end
if ARGV[3] == '1' and before.owner ~= 'bot' and before.spoken == before.episode then return state_json(before) end
local state = copy(before)
if state.owner ~= 'bot' then append(at, state, 4) end
state.owner, state.status = 'bot', 'open'
state.snoozed, state.since = '0', '0'
save(at, state, before)
return state_json(state)
