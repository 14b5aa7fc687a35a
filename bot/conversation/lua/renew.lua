#!lua flags=allow-oom
-- Let a claim's lease begin again, without counting it as another delivery.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 fence
-- Returns 1 · 0 the claim was lost

local at = place_of(ARGV[2])
local state = load_state(at)
if not state or state.fence ~= ARGV[3] then return 0 end
return #redis.call('XCLAIM', at.ready, GROUP, CONSUMER, 0, state.entry, 'JUSTID')
