#!lua flags=allow-oom
-- Settle a turn that was sent, or note why it never will be.
-- KEYS  1 outbox · 2 dead (stream of what was given up)
-- ARGV  1 settings · 2 receipt · 3 why it is not sent, or ''

local entry = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]
if not entry then return end
if ARGV[3] ~= '' then
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', settings.kept, '*',
    'conversation', entry[2][2], 'reason', ARGV[3], 'turns', '[' .. entry[2][4] .. ']')
  redis.call('PEXPIRE', KEYS[2], settings.retention)
end
drop(KEYS[1], ARGV[2])
