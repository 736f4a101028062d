-- Claims a key for a request.
--
-- ARGV[3]  caller, route and key
-- ARGV[4]  what tells the request from another one, in hex
-- ARGV[5]  the origin that it gets if it is new, in hex
-- ARGV[6]  now
-- ARGV[7]  what is not younger than this is forgotten; or nothing
-- ARGV[8]  a claim that is not younger than this is overdue; or nothing
-- ARGV[9]  how many keys of one caller are remembered
local scoped, request, origin, now, old, overdue = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local caller = caller_of(scoped)
local upto = old > forgotten and old or forgotten

local known = remembered(scoped)
local left_over = nil
if known and known.since <= upto then
  known, left_over = nil, known
end

-- That something was cleared away is no part of the answer: a call that comes again may be answered anew.
if known and known.state ~= 'abandoned' then
  if known.request ~= request then
    clear_away(upto)
    return { 'mismatch' }, false
  end
  if known.state == 'done' then
    local answer = redis.call('HGET', ANSWERS, scoped)
    if not answer then
      corrupt(ANSWERS, ', field ' .. scoped .. ': the answer is missing; remove the field from ' .. REMEMBERED .. ', too (HDEL)')
    end
    clear_away(upto)
    return { 'done', known.origin, answer }, false
  end
  if known.since > overdue then
    clear_away(upto)
    return { 'in progress' }, false
  end
end

local last = redis.call('GET', LAST) or '0'
if not last:match('^%d+$') or #last > 15 and tonumber(last) > 9000000000000000 then
  corrupt(LAST, ': it is no ticket; delete it')
end

-- Who makes way for a new key: what ended, or is overdue, the longest ago.
local make_way = {}
if not known then
  local behind = upto == '' and '' or upto .. '~'
  local function range(state, last_moment)
    local prefix = caller .. ' ' .. state .. ' '
    return '[' .. prefix .. behind, '[' .. prefix .. last_moment .. '~'
  end
  local claimed_from, claimed_to = range('c', '')
  local ended_from, ended_to = range('e', '')
  local _, overdue_to = range('c', overdue)
  local ended = redis.call('ZLEXCOUNT', CALLERS, ended_from, ended_to)
  local held = redis.call('ZLEXCOUNT', CALLERS, claimed_from, claimed_to) + ended
  local surplus = held + 1 - tonumber(ARGV[9])
  if surplus > 0 then
    if overdue ~= '' then
      ended = ended + redis.call('ZLEXCOUNT', CALLERS, claimed_from, overdue_to)
    end
    if ended < surplus then
      return { 'limit' }, false
    end
    local function first(from, to)
      for _, member in ipairs(redis.call('ZRANGEBYLEX', CALLERS, from, to, 'LIMIT', 0, surplus)) do
        make_way[#make_way + 1] = member:sub(-41)
      end
    end
    first(ended_from, ended_to)
    if overdue ~= '' then
      first(claimed_from, overdue_to)
    end
    table.sort(make_way)
    for n = #make_way, surplus + 1, -1 do
      make_way[n] = nil
    end
  end
end

clear_away(upto)
make_sure_that_none_is_left(upto, now)
for _, member in ipairs(make_way) do
  forget(member:sub(1, 20), member:sub(22))
end
if known then
  origin = known.origin
  forget(known.since, known.ticket)
elseif left_over then
  forget(left_over.since, left_over.ticket)
end
-- Also what is lost in a failover must not have its ticket given again: the clock has gone on.
local clock = redis.call('TIME')
local ticket = math.max(tonumber(last) + 1, clock[1] * 1000000 + clock[2])
redis.call('SET', LAST, string.format('%.0f', ticket))
ticket = string.format('%020.0f', ticket)
remember(scoped, { ticket = ticket, since = now, state = 'claimed', request = request, origin = origin })
return { 'fresh', ticket, origin }, true
