#!lua
-- Store an agent's turn, once, and make the agent the owner.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 agent · 4-8 the event turn · 9-13 the agent's turn
-- Returns the state as JSON, nil when there is no such conversation, or 0 when its id belongs to another text

local at = place_of(ARGV[2])
local before = load_state(at)
if not before then return false end
local known = redis.call('HGET', at.seen, ARGV[9])
if known then return known == ARGV[10] and state_json(before) or 0 end
local state = copy(before)
give_to(at, state, ARGV[3], 4)
append(at, state, 9)
redis.call('HSET', at.state, 'spoken', state.episode)
save(at, state, before)
return state_json(state)
