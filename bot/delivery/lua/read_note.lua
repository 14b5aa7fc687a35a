#!lua flags=no-writes
-- What is remembered under a name.
-- KEYS  1 note
-- ARGV  1 settings
-- Returns the value, or nil

return redis.call('GET', KEYS[1])
