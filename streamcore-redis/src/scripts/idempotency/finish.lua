-- Keeps the answer to a request that was claimed.
--
-- ARGV[3]  the ticket
-- ARGV[4]  now
-- ARGV[5]  the answer
local ticket, now = ARGV[3], ARGV[4]
local scoped = redis.call('HGET', TICKETS, ticket)
local known = scoped and remembered(scoped)
if not known or known.ticket ~= ticket or known.since <= forgotten or known.state == 'abandoned' then
  return { 0 }, false
end
if known.state == 'done' then
  return { 1 }, false
end
make_sure_that_none_is_left(forgotten, now)
unlist(scoped, known.since, ticket)
known.since, known.state = now, 'done'
remember(scoped, known)
redis.call('HSET', ANSWERS, scoped, ARGV[5])
return { 1 }, true
