#!lua flags=no-writes
-- The states of a shard's most recently active conversations, newest first.
-- KEYS  1 recent
-- ARGV  1 settings · 2 how many · 3 the stem of the key state
-- Returns {states as JSON}

local states = {}
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, ARGV[2] - 1)) do
  local state = load_state({state = ARGV[3] .. id})
  if state then states[#states + 1] = state_json(state) end
end
return states
