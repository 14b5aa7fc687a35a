#!lua flags=no-writes
-- A conversation's state and its last turns.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 how many turns
-- Returns {state as JSON, {turns, oldest first}}, or nil when there is no such conversation

local at = place_of(ARGV[2])
local state = load_state(at)
if not state then return false end
local turns = ARGV[3] == '0' and {} or redis.call('LRANGE', at.turns, '-' .. ARGV[3], -1)
return {state_json(state), turns}
