#!lua
-- End the episode: the bot is the owner again, all pending turns are settled and all claims are lost.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 reason or '' · 4-8 the event turn
-- Returns the state as JSON, or nil when there is no such conversation

local at = place_of(ARGV[2])
local before = load_state(at)
if not before then return false end
if before.status == 'resolved' then return state_json(before) end
local state = copy(before)
settle(at, state)
append(at, state, 4)
state.owner, state.status = 'bot', 'resolved'
if ARGV[3] ~= '' then state.reason = ARGV[3] end
save(at, state, before)
return state_json(state)
