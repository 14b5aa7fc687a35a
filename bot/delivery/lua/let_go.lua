#!lua flags=allow-oom
-- Give a lease back.
-- KEYS  1 lease
-- ARGV  1 settings · 2 holder

if redis.call('GET', KEYS[1]) == ARGV[2] then redis.call('DEL', KEYS[1]) end
