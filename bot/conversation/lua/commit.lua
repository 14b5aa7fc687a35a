#!lua
-- Write a claim's reply and settle its pending turns.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 fence · 4 id of the first pending turn · 5 number of pending turns
--       6 changes of the state, a JSON object of texts · 7 '1' to refuse when more is pending
--       8 reason to lay the pending turns aside, or '' · 9 number of turns · 10… the turns, five ARGV each
-- Returns 1 written, now or by the same commit before · 0 the claim was lost, or more is pending

local at = place_of(ARGV[2])
local state = load_state(at)
if not state or state.fence ~= ARGV[3] then
  local written = ARGV[9] ~= '0' and redis.call('HGET', at.seen, ARGV[10]) == ARGV[11]
  return written and 1 or 0
end
local head = redis.call('LINDEX', at.mailbox, 0)
local more = redis.call('LLEN', at.mailbox) - ARGV[5]
if not head or cjson.decode(head).id ~= ARGV[4] or more < 0 or (more > 0 and ARGV[7] == '1') then return 0 end

local before = copy(state)
if ARGV[8] ~= '' then bury(at, ARGV[8], redis.call('LRANGE', at.mailbox, 0, ARGV[5] - 1)) end
redis.call('LTRIM', at.mailbox, ARGV[5], -1)
make_unready(at, state)
if redis.call('LLEN', at.mailbox) > 0 then make_ready(at, state) end
local turn = 10
for _ = 1, tonumber(ARGV[9]) do turn = append(at, state, turn) end
for field, value in pairs(cjson.decode(ARGV[6])) do state[field] = value end
save(at, state, before)
return 1
