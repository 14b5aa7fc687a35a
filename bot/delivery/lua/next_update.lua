#!lua
-- Settle an update and give the oldest that is left.
-- KEYS  1 updates (stream) · 2 attempts (hash: receipt -> how often it was handed out)
-- ARGV  1 settings · 2 receipt of what is done, or ''
-- Returns {receipt, id, the update as it came, attempts}, or nil

if ARGV[2] ~= '' then
  redis.call('XDEL', KEYS[1], ARGV[2])
  redis.call('HDEL', KEYS[2], ARGV[2])
end
local entry = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if not entry then return false end
return {entry[1], entry[2][2], entry[2][4], redis.call('HINCRBY', KEYS[2], entry[1], 1)}
