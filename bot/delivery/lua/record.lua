#!lua flags=allow-oom
-- Note what became of a part.
-- KEYS  1 attempts
-- ARGV  1 settings · 2 receipt · 3 part · 4 the channel's id of the message, or '' when it surely did not arrive

local known = redis.call('HGET', KEYS[1], ARGV[2])
-- Who records too late, after another has settled the turn, leaves nothing behind.
if not known then return end
local parts = cjson.decode(known)
parts[ARGV[3]] = ARGV[4] ~= '' and ARGV[4] or nil
if next(parts) then
  redis.call('HSET', KEYS[1], ARGV[2], cjson.encode(parts))
else
  redis.call('HDEL', KEYS[1], ARGV[2])
end
