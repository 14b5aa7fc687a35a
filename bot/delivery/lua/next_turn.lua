#!lua flags=allow-oom
-- The next turn of one shard that a channel must send; what is older than the retention is laid aside unsent.
-- KEYS  1 outbox · 2 attempts (hash: receipt -> what is known of its parts, a JSON object;
--       handed -> the last call that got a turn, and the turn's receipt) · 3 dead
-- ARGV  1 settings · 2 sender · 3 the call's own name: one whose answer was not heard is made again under the same
-- Returns {receipt, conversation, turn as JSON, deliveries, parts as JSON or ''}, or nil

local outbox, sender = KEYS[1], ARGV[2]

-- The oldest entry that another sender had in hand: it went away, for only one may send.
local function of_another()
  local pending = redis.pcall('XPENDING', outbox, GROUP)
  if pending.err then return nil end
  local oldest, owner
  for _, consumer in ipairs(pending[4] or {}) do
    local name = consumer[1]
    if name ~= sender then
      local first = redis.call('XPENDING', outbox, GROUP, '-', '+', 1, name)[1]
      if first and (not oldest or is_earlier(first[1], oldest)) then oldest, owner = first[1], name end
    end
  end
  if not oldest then return nil end
  local claimed = redis.call('XCLAIM', outbox, GROUP, sender, 0, oldest)[1]
  if not redis.call('XPENDING', outbox, GROUP, '-', '+', 1, owner)[1] then
    redis.call('XGROUP', 'DELCONSUMER', outbox, GROUP, owner)
  end
  return claimed or of_another()
end

local function answer(entry)
  local deliveries = redis.call('XPENDING', outbox, GROUP, entry[1], entry[1], 1)[1][4]
  return {entry[1], entry[2][2], entry[2][4], deliveries, redis.call('HGET', KEYS[2], entry[1]) or ''}
end

-- The entry that this very call has got already. Without it a later turn would overtake the unheard one.
local function unheard()
  local handed = redis.call('HGET', KEYS[2], 'handed')
  local receipt = handed and string.sub(handed, 1, #ARGV[3] + 1) == ARGV[3] .. ' ' and string.sub(handed, #ARGV[3] + 2)
  local pending = receipt and redis.call('XPENDING', outbox, GROUP, receipt, receipt, 1, sender)[1]
  return pending and redis.call('XRANGE', outbox, receipt, receipt)[1]
end

local again = unheard()
if again then return answer(again) end
local oldest = tonumber(microseconds) / 1000 - tonumber(settings.retention)
while true do
  local entry = of_another() or next_entry(outbox, sender)
  if not entry then return false end
  if tonumber(string.match(entry[1], '^%d+')) >= oldest then
    redis.call('HSET', KEYS[2], 'handed', ARGV[3] .. ' ' .. entry[1])
    redis.call('PEXPIRE', KEYS[2], settings.retention)
    return answer(entry)
  end
  bury({dead = KEYS[3], id = entry[2][2]}, 'older than the retention', {entry[2][4]})
  redis.call('HDEL', KEYS[2], entry[1])
  drop(outbox, entry[1])
end
