#!lua flags=no-writes
-- A shard's conversations that wait for an agent, with the microsecond they began to.
-- KEYS  1 waiting
-- ARGV  1 settings · 2 the stem of the key state
-- Returns {name, microsecond, name, …}, longest first

local waiting = {}
local listed = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #listed, 2 do
  -- One that was removed for its age stands there until its shard's next change.
  if redis.call('EXISTS', ARGV[2] .. listed[i]) == 1 then
    waiting[#waiting + 1], waiting[#waiting + 2] = listed[i], listed[i + 1]
  end
end
return waiting
