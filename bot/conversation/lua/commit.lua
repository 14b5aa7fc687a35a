#!lua
-- Write a claim's reply and settle its pending turns.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 fence · 4 id of the first pending turn · 5 number of pending turns
--       6 changes of the state, a JSON object of texts · 7 number of turns · 8… the turns, five ARGV each
-- Returns 1 written, now or by the same commit before · 0 the claim was lost

local at = place_of(ARGV[2])
local state = load_state(at)
if not state or state.fence ~= ARGV[3] then
  local written = ARGV[7] ~= '0' and redis.call('HGET', at.seen, ARGV[8]) == ARGV[9]
  return written and 1 or 0
end
local head = redis.call('LINDEX', at.mailbox, 0)
if not head or cjson.decode(head).id ~= ARGV[4] or redis.call('LLEN', at.mailbox) < tonumber(ARGV[5]) then
  return 0
end

local before = copy(state)
redis.call('LTRIM', at.mailbox, ARGV[5], -1)
make_unready(at, state)
if redis.call('LLEN', at.mailbox) > 0 then make_ready(at, state) end
local turn = 8
for _ = 1, tonumber(ARGV[7]) do turn = append(at, state, turn) end
for field, value in pairs(cjson.decode(ARGV[6])) do state[field] = value end
save(at, state, before)
return 1
