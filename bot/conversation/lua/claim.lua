#!lua
-- Claim the next conversation of one shard.
-- KEYS  1 ready · 2 fence (counts all claims of the shard)
-- ARGV  1 settings · 2 worker · 3-7 the stems of the keys state, turns, mailbox, events, seen: a conversation's name
--       makes a stem a key of this shard's slot
-- Returns {conversation, fence, receipt, {turns}, id of the last event, how often they were claimed},
--         {conversation, receipt, language} of one that was claimed too often, or nil when there is nothing to claim

local function place_named(id)
  return {
    state = ARGV[3] .. id, turns = ARGV[4] .. id, mailbox = ARGV[5] .. id, events = ARGV[6] .. id,
    seen = ARGV[7] .. id, ready = KEYS[1], id = id,
  }
end

while true do
  local entry = next_entry(KEYS[1])
  if not entry then return false end
  local at = place_named(entry[2][2])
  local state = load_state(at)
  local pending = state and redis.call('LRANGE', at.mailbox, 0, -1) or {}
  if #pending == 0 or state.entry ~= entry[1] then
    -- The conversation was removed for its age, or stands elsewhere in the list.
    drop(KEYS[1], entry[1])
  elseif is_spent(state) then
    return {at.id, entry[1], state.language or ''}
  else
    local fence = redis.call('INCR', KEYS[2])
    redis.call('HSET', at.state, 'fence', fence, 'worker', ARGV[2])
    local attempts = redis.call('HINCRBY', at.state, 'attempts', 1)
    return {at.id, fence, entry[1], pending, last_event(at.events), attempts}
  end
end
