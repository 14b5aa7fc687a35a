#!lua
-- Remember a fact, or forget it.
-- KEYS  1 note
-- ARGV  1 settings · 2 value, or '' to forget it · 3 milliseconds

if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
