#!lua flags=allow-oom
-- Give a claim back: the conversation is ready again. A claim that was lost changes nothing.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 fence · 4 '1' when answering failed, which counts as an attempt

local at = place_of(ARGV[2])
local state = load_state(at)
if not state or state.fence ~= ARGV[3] then return end
if ARGV[4] ~= '1' then redis.call('HINCRBY', at.state, 'attempts', -1) end
make_ready(at, state)
