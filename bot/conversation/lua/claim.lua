#!lua
-- Claim the next conversation of one shard, or give up what was claimed too often.
-- KEYS  1 ready · 2 activity · 3 recent · 4 fence (counts all claims of the shard) · 5 dead (stream of what was given up)
--       6 waiting
-- ARGV  1 settings · 2 worker · 3-7 the stems of the keys state, turns, mailbox, events, seen: a conversation's name
--       makes a stem a key of this shard's slot · 8 reason of giving up · 9-13 the event turn of giving up
-- Returns {conversation, fence, receipt, {turns}, id of the last event, how often they were claimed}, or nil when there is nothing to claim

local function place_named(id)
  return {
    state = ARGV[3] .. id, turns = ARGV[4] .. id, mailbox = ARGV[5] .. id, events = ARGV[6] .. id,
    seen = ARGV[7] .. id, ready = KEYS[1], activity = KEYS[2], recent = KEYS[3], waiting = KEYS[6], dead = KEYS[5],
    id = id,
  }
end

local function give_up(at, state, pending)
  local before = copy(state)
  bury(at, ARGV[8], pending)
  settle(at, state)
  append(at, state, 9)
  state.status, state.reason = 'waiting', ARGV[8]
  save(at, state, before)
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
  elseif tonumber(state.attempts or 0) >= 2 * settings.attempts then
    give_up(at, state, pending)
  else
    local fence = redis.call('INCR', KEYS[4])
    redis.call('HSET', at.state, 'fence', fence, 'worker', ARGV[2])
    local attempts = redis.call('HINCRBY', at.state, 'attempts', 1)
    return {at.id, fence, entry[1], pending, last_event(at.events), attempts}
  end
end
