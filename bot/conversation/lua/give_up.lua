#!lua
-- Lay aside what was claimed too often, with a word to the customer.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 receipt · 4 reason · 5 number of turns · 6… the turns, five ARGV each
-- Returns 1 given up · 0 it was settled meanwhile

local at = place_of(ARGV[2])
local state = load_state(at)
if not state or state.entry ~= ARGV[3] or not is_spent(state) then return 0 end
local before = copy(state)
bury(at, ARGV[4], redis.call('LRANGE', at.mailbox, 0, -1))
settle(at, state)
local turn = 6
for _ = 1, tonumber(ARGV[5]) do turn = append(at, state, turn) end
state.status, state.reason = 'waiting', ARGV[4]
save(at, state, before)
return 1
