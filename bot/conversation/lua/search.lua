#!lua flags=no-writes
-- A shard's conversations in whose turns all words stand, most recently active first.
-- KEYS  1 recent
-- ARGV  1 settings · 2 conversations to look through · 3 turns of each · 4 how many to find
--       5 the words, JSON: of each its spellings · 6 the stem of the key state · 7 the stem of the key turns
-- Returns {{state as JSON, the last such turn as JSON}, …}

local words = cjson.decode(ARGV[5])

local function stand_in(text)
  local lower = string.lower(text)
  for _, word in ipairs(words) do
    local found = false
    for _, spelling in ipairs(word) do
      found = found or string.find(lower, string.lower(spelling), 1, true)
    end
    if not found then return false end
  end
  return true
end

local found = {}
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, ARGV[2] - 1)) do
  if #found >= tonumber(ARGV[4]) then break end
  local turns = redis.call('LRANGE', ARGV[7] .. id, '-' .. ARGV[3], -1)
  for place = #turns, 1, -1 do
    local turn = cjson.decode(turns[place])
    if stand_in(turn.role == 'event' and turn.note or turn.role ~= 'event' and turn.text or '') then
      local state = load_state({state = ARGV[6] .. id})
      if state then found[#found + 1] = {state_json(state), turns[place]} end
      break
    end
  end
end
return found
