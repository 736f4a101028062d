-- Gives a claim up; its origin stays.
--
-- ARGV[3]  the ticket
local ticket = ARGV[3]
local scoped = redis.call('HGET', TICKETS, ticket)
local known = scoped and remembered(scoped)
if not known or known.ticket ~= ticket or known.since <= forgotten or known.state ~= 'claimed' then
  return { 0 }, false
end
unlist(scoped, known.since, ticket)
known.state = 'abandoned'
remember(scoped, known)
return { 1 }, true
