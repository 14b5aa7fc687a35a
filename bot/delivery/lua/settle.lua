#!lua flags=allow-oom
-- Settle a turn that was sent, or tell the conversation why it never will be.
-- KEYS  a place (see common.lua) · 12 attempts
-- ARGV  1 settings · 2 conversation · 3 receipt · 4 why it is not sent, or '' · 5-9 the event turn that tells so

local at = place_of(ARGV[2])
local entry = redis.call('XRANGE', at.outbox, ARGV[3], ARGV[3])[1]
if not entry then return end
if ARGV[4] ~= '' then
  -- What is no JSON is laid aside as a text, so that the dead letters can be read.
  local turn = entry[2][4]
  bury(at, ARGV[4], {pcall(cjson.decode, turn) and turn or cjson.encode(turn)})
  local state = load_state(at)
  if state and redis.call('HEXISTS', at.seen, ARGV[5]) == 0 then
    local before = copy(state)
    append(at, state, 5)
    save(at, state, before)
  end
end
redis.call('HDEL', KEYS[12], ARGV[3])
-- See next_turn.lua.
local handed = redis.call('HGET', KEYS[12], 'handed')
if handed and string.match(handed, '%S+$') == ARGV[3] then redis.call('HDEL', KEYS[12], 'handed') end
drop(at.outbox, ARGV[3])
