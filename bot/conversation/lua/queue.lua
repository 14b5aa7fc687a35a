#!lua flags=no-writes
-- A shard's conversations that wait for an agent, with the microsecond they began to.
-- KEYS  1 waiting
-- ARGV  1 settings
-- Returns {name, microsecond, name, …}, longest first

return redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
