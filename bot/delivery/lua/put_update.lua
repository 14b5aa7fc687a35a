#!lua
-- Store a raw update, once.
-- KEYS  1 updates (stream) · 2 the mark that this one came
-- ARGV  1 settings · 2 id · 3 the update as it came · 4 how many may wait
-- Returns 1 stored · 0 it came before · -1 too many wait

if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[4]) then return -1 end
redis.call('SET', KEYS[2], '1', 'PX', settings.updates)
redis.call('XADD', KEYS[1], '*', 'id', ARGV[2], 'raw', ARGV[3])
ring('updates')
return 1
