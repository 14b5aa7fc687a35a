#!lua
-- Take a lease, or keep it.
-- KEYS  1 lease
-- ARGV  1 settings · 2 holder · 3 milliseconds
-- Returns 1 held · 0 someone else has it

local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
