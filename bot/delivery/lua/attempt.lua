#!lua flags=allow-oom
-- Note that a part of a turn is about to be sent.
-- KEYS  a place (see common.lua) · 12 attempts
-- ARGV  1 settings · 2 conversation · 3 receipt · 4 part · 5 sender · 6 role of the turn
-- Returns 'first' · 'again' · 'withdrawn' · 'lost'

local at = place_of(ARGV[2])
local pending = redis.pcall('XPENDING', at.outbox, GROUP, ARGV[3], ARGV[3], 1)
if pending.err or not pending[1] or pending[1][2] ~= ARGV[5] then return 'lost' end
local taken = redis.call('HGET', at.state, 'taken')
if ARGV[6] == 'bot' and taken and not is_earlier(taken, ARGV[3]) then return 'withdrawn' end
local known = redis.call('HGET', KEYS[12], ARGV[3])
local parts = known and cjson.decode(known) or {}
if parts[ARGV[4]] then return 'again' end
parts[ARGV[4]] = '?'
redis.call('HSET', KEYS[12], ARGV[3], cjson.encode(parts))
redis.call('PEXPIRE', KEYS[12], settings.retention)
return 'first'
