-- What the acts share; it is put behind the first line of each. Knows no key's spelling and no turn's content.
--
-- A place is a table of the keys of one conversation and of its shard:
--   state     hash    owner, status, …; while claimed: fence, worker; while ready: entry, attempts
--   turns     list    all turns, JSON, oldest first
--   mailbox   list    the customer's turns that nobody has answered, JSON, oldest first
--   events    stream  kind, data (JSON)
--   seen      hash    turn id -> fingerprint of who said what
--   ready     stream  conversation: those with a mailbox that is not empty   (of the shard)
--   activity  stream  conversation: those that changed                       (of the shard)
--   recent    zset    conversation by the microsecond of its last change     (of the shard)
--   outbox    stream  conversation, turn: what a channel must send           (of the shard and the channel)
--   waiting   zset    conversation by the microsecond it began to wait for an agent   (of the shard)
--   dead      stream  conversation, reason, turns: what was given up         (of the shard)
-- and `id`, the conversation's name. `settings` is the JSON that every act gets as ARGV[1]; its values are texts:
--   bell, lease (ms), attempts, kept; how long each class of data is kept (ms): retention, events, dead, marks, updates

local settings = cjson.decode(ARGV[1])
local GROUP, CONSUMER = 'kefu', 'kefu'
local FIELDS = {
  'id', 'owner', 'status', 'reason', 'language', 'name', 'created', 'updated', 'preview', 'episode',
  'tags', 'snoozed', 'since', 'about',
}
local NEWS = {'owner', 'status', 'reason', 'language', 'name', 'episode', 'tags', 'snoozed', 'about'}
local clock = redis.call('TIME')
local seconds = clock[1] .. '.' .. string.format('%06d', clock[2])
local microseconds = clock[1] .. string.format('%06d', clock[2])

-- The place whose keys are KEYS, in the order in which they are listed above.
local function place_of(id)
  return {
    state = KEYS[1], turns = KEYS[2], mailbox = KEYS[3], events = KEYS[4], seen = KEYS[5],
    ready = KEYS[6], activity = KEYS[7], recent = KEYS[8], outbox = KEYS[9],
    waiting = KEYS[10], dead = KEYS[11], id = id,
  }
end

local function ring(topic)
  redis.call('PUBLISH', settings.bell, topic)
end

-- The whole hash as a table, or nil.
local function load_state(at)
  local flat, state = redis.call('HGETALL', at.state), {}
  for i = 1, #flat, 2 do state[flat[i]] = flat[i + 1] end
  state.episode, state.tags = state.episode or '1', state.tags or ''
  state.snoozed, state.since = state.snoozed or '0', state.since or '0'
  state.about = state.about or ''
  return state.id and state or nil
end

local function state_json(state)
  local shown = {}
  for _, field in ipairs(FIELDS) do shown[field] = state[field] end
  return cjson.encode(shown)
end

local function show(at, kind, data)
  redis.call('XADD', at.events, 'MAXLEN', '~', settings.kept, '*', 'kind', kind, 'data', data)
  redis.call('PEXPIRE', at.events, settings.events)
  ring('events:' .. at.id)
end

-- A turn is five ARGV from `first`: id, fingerprint, JSON, preview, and its fate:
--   'event' (only shown), 'said' (shown, and the conversation's preview) or 'send' (that, and put into the outbox).
-- Appends it and changes `state` (the table) by it. Returns the ARGV's number after it.
local function append(at, state, first)
  local id, mark, json, preview, fate = unpack(ARGV, first, first + 4)
  redis.call('RPUSH', at.turns, json)
  redis.call('HSET', at.seen, id, mark)
  show(at, 'turn', json)
  if fate ~= 'event' then
    state.preview = preview
    -- Who waits for an agent still does after a word of the bot.
    if state.status ~= 'waiting' then state.since = '0' end
  end
  if fate == 'send' then
    redis.call('XADD', at.outbox, '*', 'conversation', at.id, 'turn', json)
    ring('outbox')
  end
  return first + 5
end

local function copy(state)
  local copied = {}
  for field, value in pairs(state) do copied[field] = value end
  return copied
end

-- Write the state, tell onlookers what is news in it, note the activity, and keep everything for another while.
-- `before` is a copy from before the act, or nil for a new conversation.
local function save(at, state, before)
  state.updated = seconds
  if state.status == 'resolved' then state.snoozed, state.since = '0', '0' end
  if state.status == 'waiting' and state.since == '0' then state.since = seconds end
  local flat, news = {}, not before
  for _, field in ipairs(FIELDS) do
    flat[#flat + 1], flat[#flat + 2] = field, state[field]
  end
  redis.call('HSET', at.state, unpack(flat))
  for _, field in ipairs(NEWS) do news = news or state[field] ~= before[field] end
  if news then show(at, 'state', state_json(state)) end
  redis.call('ZADD', at.recent, microseconds, at.id)
  local oldest = tonumber(microseconds) - tonumber(settings.retention) * 1000
  redis.call('ZREMRANGEBYSCORE', at.recent, '-inf', string.format('%.0f', oldest))
  -- Who has waited for so long may have written since: then the place in the queue is kept.
  local long = redis.call('ZRANGEBYSCORE', at.waiting, '-inf', string.format('%.0f', oldest), 'LIMIT', 0, 10)
  for _, id in ipairs(long) do
    if not redis.call('ZSCORE', at.recent, id) then redis.call('ZREM', at.waiting, id) end
  end
  redis.call('XADD', at.activity, 'MAXLEN', '~', settings.kept, '*', 'conversation', at.id)
  ring('activity')
  if state.status == 'waiting' then
    redis.call('ZADD', at.waiting, 'NX', microseconds, at.id)
  else
    redis.call('ZREM', at.waiting, at.id)
  end
  for _, key in ipairs({at.state, at.turns, at.mailbox}) do redis.call('PEXPIRE', key, settings.retention) end
  redis.call('PEXPIRE', at.seen, settings.marks)
end

local function drop(stream, entry)
  redis.call('XACK', stream, GROUP, entry)
  redis.call('XDEL', stream, entry)
end

-- Put the conversation at the end of the ready list; one that stands there already leaves its place.
local function make_ready(at, state)
  if state.entry then drop(at.ready, state.entry) end
  state.entry = redis.call('XADD', at.ready, '*', 'conversation', at.id)
  redis.call('HSET', at.state, 'entry', state.entry)
  redis.call('HDEL', at.state, 'fence', 'worker')
  ring('ready')
end

-- Take the conversation from the ready list; whoever holds a claim has lost it.
local function make_unready(at, state)
  if state.entry then drop(at.ready, state.entry) end
  state.entry = nil
  redis.call('HDEL', at.state, 'entry', 'fence', 'worker', 'attempts')
end

-- Lay turns (JSON texts) aside for people to look at.
local function bury(at, reason, turns)
  redis.call('XADD', at.dead, 'MAXLEN', '~', settings.kept, '*',
    'conversation', at.id, 'reason', reason, 'turns', '[' .. table.concat(turns, ',') .. ']')
  redis.call('PEXPIRE', at.dead, settings.dead)
end

-- Whether all that may be tried with the pending turns was tried.
local function is_spent(state)
  return tonumber(state.attempts or 0) >= 2 * settings.attempts
end

-- Settle all pending turns.
local function settle(at, state)
  redis.call('DEL', at.mailbox)
  make_unready(at, state)
end

-- An agent becomes the owner. The event's turn is the five ARGV from `first`.
local function give_to(at, state, agent, first)
  settle(at, state)
  if state.owner ~= agent then append(at, state, first) end
  state.owner, state.status = agent, 'open'
  -- What the bot said until now and was not sent yet never will be. Not by the time: a clock may be set back.
  local last = redis.call('XREVRANGE', at.outbox, '+', '-', 'COUNT', 1)[1]
  redis.call('HSET', at.state, 'taken', last and last[1] or '0-0')
end

-- Whether an entry of a stream comes before another; both are ids.
local function is_earlier(a, b)
  local a_time, a_place = string.match(a, '(%d+)-(%d+)')
  local b_time, b_place = string.match(b, '(%d+)-(%d+)')
  if a_time ~= b_time then return tonumber(a_time) < tonumber(b_time) end
  return tonumber(a_place) < tonumber(b_place)
end

-- The id of the last event, for those who want to hear of later ones.
local function last_event(events)
  local last = redis.call('XREVRANGE', events, '+', '-', 'COUNT', 1)[1]
  return last and last[1] or '0-0'
end

-- The next entry of a stream that nobody has settled within the lease, else the next new one, else nil.
local function next_entry(stream, consumer)
  consumer = consumer or CONSUMER
  local cursor = '0-0'
  repeat
    local idle = redis.pcall('XAUTOCLAIM', stream, GROUP, consumer, settings.lease, cursor, 'COUNT', 1)
    if idle.err then
      if not string.find(idle.err, 'NOGROUP', 1, true) then error(idle.err) end
      -- This is the first look at the stream.
      redis.call('XGROUP', 'CREATE', stream, GROUP, '0', 'MKSTREAM')
      break
    end
    if idle[2][1] then return idle[2][1] end
    cursor = idle[1]
  until cursor == '0-0'
  local fresh = redis.call('XREADGROUP', 'GROUP', GROUP, consumer, 'COUNT', 1, 'STREAMS', stream, '>')
  return fresh and fresh[1][2][1] or nil
end
