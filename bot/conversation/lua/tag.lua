#!lua
-- Put tags on a conversation and take others off.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 tags to put on, JSON · 4 tags to take off, JSON · 5 how many may stay
-- Returns the state as JSON, or nil when there is no such conversation

local at = place_of(ARGV[2])
local before = load_state(at)
if not before then return false end
local state, tags, gone = copy(before), {}, {}
for _, tag in ipairs(cjson.decode(ARGV[4])) do gone[tag] = true end
local function put(listed)
  for _, tag in ipairs(listed) do
    if not gone[tag] and #tags < tonumber(ARGV[5]) then
      tags[#tags + 1], gone[tag] = tag, true
    end
  end
end
put(before.tags == '' and {} or cjson.decode(before.tags))
put(cjson.decode(ARGV[3]))
-- An empty table would be written as an object.
state.tags = #tags > 0 and cjson.encode(tags) or ''
if state.tags == before.tags then return state_json(before) end
save(at, state, before)
return state_json(state)
