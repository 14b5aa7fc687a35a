#!lua flags=allow-oom
-- Lay an update aside that nobody can handle.
-- KEYS  1 updates (stream) · 2 attempts (hash) · 3 dead (stream of what was given up)
-- ARGV  1 settings · 2 receipt · 3 reason

local entry = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]
if not entry then return end
redis.call('XADD', KEYS[3], 'MAXLEN', '~', settings.kept, '*', 'id', entry[2][2], 'reason', ARGV[3], 'raw', entry[2][4])
redis.call('PEXPIRE', KEYS[3], settings.dead)
redis.call('XDEL', KEYS[1], ARGV[2])
redis.call('HDEL', KEYS[2], ARGV[2])
