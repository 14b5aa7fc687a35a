#!lua
-- The next turn of one shard that a channel must send; what is older than the retention is removed unsent.
-- KEYS  1 outbox
-- ARGV  1 settings
-- Returns {receipt, conversation, turn as JSON, attempts}, or nil

local oldest = tonumber(microseconds) / 1000 - tonumber(settings.retention)
while true do
  local entry = next_entry(KEYS[1])
  if not entry then return false end
  if tonumber(string.match(entry[1], '^%d+')) >= oldest then
    local attempts = redis.call('XPENDING', KEYS[1], GROUP, entry[1], entry[1], 1)[1][4]
    return {entry[1], entry[2][2], entry[2][4], attempts}
  end
  drop(KEYS[1], entry[1])
end
