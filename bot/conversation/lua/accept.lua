#!lua
-- Store a customer's message, once, and queue its conversation unless an agent is the owner.
-- KEYS  a place (see common.lua)
-- ARGV  1 settings · 2 conversation · 3 customer's name or '' · 4 language hint or '' · 5-9 the turn
--       10 what is told of the customer, JSON, or ''
-- Returns 1 stored · 0 it was there already · -1 its id belongs to another text

local at = place_of(ARGV[2])
local known = redis.call('HGET', at.seen, ARGV[5])
if known then return known == ARGV[6] and 0 or -1 end

local before = load_state(at)
local state = before and copy(before) or {
  id = at.id, owner = 'bot', status = 'open', reason = '', language = '', name = '', created = seconds, preview = '',
  episode = '1', tags = '', snoozed = '0', since = '0', about = '',
}
if state.status == 'resolved' then
  state.status, state.reason, state.episode = 'open', '', string.format('%d', state.episode + 1)
end
if ARGV[3] ~= '' then state.name = ARGV[3] end
if ARGV[10] ~= '' then state.about = ARGV[10] end
if state.language == '' then state.language = ARGV[4] end
local since = state.since
append(at, state, 5)
state.since, state.snoozed = since ~= '0' and since or seconds, '0'
if state.owner == 'bot' then
  redis.call('RPUSH', at.mailbox, ARGV[7])
  if not state.entry then make_ready(at, state) end
end
save(at, state, before)
return 1
