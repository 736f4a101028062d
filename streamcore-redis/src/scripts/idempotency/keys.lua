-- What the scripts of the idempotency keys share.
--
-- KEYS[2]  hash: what is remembered of each key, by caller, route and key (three lines of JSON)
-- KEYS[3]  hash: caller, route and key, by ticket
-- KEYS[4]  hash: the answers, by caller, route and key
-- KEYS[5]  sorted set: 'since ticket' of everything that is remembered
-- KEYS[6]  sorted set: 'caller c since ticket' of what is claimed, 'caller e since ticket' of what ended
-- KEYS[7]  string: up to which moment everything is forgotten, while some of it still lies about
-- KEYS[8]  string: the last ticket
-- Moments and tickets have 20 digits, so that texts sort as they do.
local REMEMBERED, TICKETS, ANSWERS, ORDER, CALLERS, FORGOTTEN, LAST = KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
holds('hash', REMEMBERED, TICKETS, ANSWERS)
holds('zset', ORDER, CALLERS)
holds('string', FORGOTTEN, LAST)

-- How many forgotten keys one call clears away.
local AT_ONCE = 50

local forgotten = redis.call('GET', FORGOTTEN) or ''
if forgotten ~= '' and not (#forgotten == 20 and forgotten:match('^%d+$')) then
  corrupt(FORGOTTEN, ': it is no moment; delete it')
end

local function caller_of(scoped)
  return scoped:match('^[^\n]*')
end

-- What is remembered of a key.
local function remembered(scoped)
  local value = redis.call('HGET', REMEMBERED, scoped)
  if not value then
    return nil
  end
  known_version(REMEMBERED, scoped, value)
  local ticket, since, state, request, origin = value:match('^1\n(%d+)\n(%d+)\n(%l+)\n(%x+)\n(%x+)$')
  local whole = ticket and #ticket == 20 and #since == 20 and #request == 64 and #origin == 32
  if not whole or not (state == 'claimed' or state == 'done' or state == 'abandoned') then
    corrupt(REMEMBERED, ', field ' .. scoped .. ': it cannot be read; remove it (HDEL)')
  end
  return { ticket = ticket, since = since, state = state, request = request, origin = origin }
end

local function entry(caller, state, since, ticket)
  return caller .. (state == 'claimed' and ' c ' or ' e ') .. since .. ' ' .. ticket
end

local function remember(scoped, known)
  local value = { '1', known.ticket, known.since, known.state, known.request, known.origin }
  redis.call('HSET', REMEMBERED, scoped, table.concat(value, '\n'))
  redis.call('HSET', TICKETS, known.ticket, scoped)
  redis.call('ZADD', ORDER, 0, known.since .. ' ' .. known.ticket)
  redis.call('ZADD', CALLERS, 0, entry(caller_of(scoped), known.state, known.since, known.ticket))
end

local function unlist(scoped, since, ticket)
  redis.call('ZREM', ORDER, since .. ' ' .. ticket)
  local caller = caller_of(scoped)
  redis.call('ZREM', CALLERS, entry(caller, 'claimed', since, ticket), entry(caller, 'ended', since, ticket))
end

-- Needs nothing of what is remembered to be readable.
local function forget(since, ticket)
  local scoped = redis.call('HGET', TICKETS, ticket)
  unlist(scoped or '', since, ticket)
  if not scoped then
    return
  end
  redis.call('HDEL', TICKETS, ticket)
  local value = redis.call('HGET', REMEMBERED, scoped)
  if value and (value:match('^1\n(%d+)\n') or ticket) == ticket then
    redis.call('HDEL', REMEMBERED, scoped)
    redis.call('HDEL', ANSWERS, scoped)
  end
end

-- Clears a part of what is forgotten away; answers whether there may be more.
local function clear_away(upto)
  if upto == '' then
    return false
  end
  local old = redis.call('ZRANGEBYLEX', ORDER, '-', '[' .. upto .. '~', 'LIMIT', 0, AT_ONCE)
  for _, member in ipairs(old) do
    local since, ticket = member:match('^(%d+) (%d+)$')
    if since then
      forget(since, ticket)
    end
    redis.call('ZREM', ORDER, member)
  end
  if #old == AT_ONCE then
    redis.call('SET', FORGOTTEN, upto)
    return true
  end
  if forgotten ~= '' then
    redis.call('DEL', FORGOTTEN)
  end
  return false
end

-- Before something is remembered since then: it must not be taken for something that is forgotten, as time may have run backwards.
local function make_sure_that_none_is_left(upto, since)
  if since <= upto then
    while clear_away(upto) do end
  end
end
