#!lua flags=allow-oom
-- Give a claim back: the conversation is ready again. A claim that was lost changes nothing.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 fence

local at = place_of(ARGV[2])
local state = load_state(at)
if state and state.fence == ARGV[3] then make_ready(at, state) end
