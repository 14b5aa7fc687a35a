#!lua flags=no-writes
-- What a stream holds after a mark.
-- KEYS  1 stream
-- ARGV  1 settings · 2 mark, or '$' to ask only for the last one · 3 how many at most
-- Returns {the mark to go on from, {{mark, {field, value, …}}, …}}

if ARGV[2] == '$' then
  local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
  return {last and last[1] or '0-0', {}}
end
local entries = redis.call('XRANGE', KEYS[1], '(' .. ARGV[2], '+', 'COUNT', ARGV[3])
return {#entries > 0 and entries[#entries][1] or ARGV[2], entries}
