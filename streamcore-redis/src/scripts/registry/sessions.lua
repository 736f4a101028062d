-- A page of a stream's sessions, newest first: how many there are in all, whether there are more, then the sessions.
--
-- KEYS[1]  sorted set: its sessions, each beginning with its number
-- KEYS[2]  hash: the records, by id
-- ARGV[1]  the stream's id
-- ARGV[2]  below which number, as a bound
-- ARGV[3]  how many at most
holds('zset', KEYS[1])
holds('hash', KEYS[2])
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then
  return { 0, 0 }
end
local limit = tonumber(ARGV[3])
local found = redis.call('ZREVRANGEBYLEX', KEYS[1], ARGV[2], '-', 'LIMIT', 0, string.format('%.0f', limit + 1))
local page = { redis.call('ZCARD', KEYS[1]), #found > limit and 1 or 0 }
for n = 1, math.min(#found, limit) do
  page[#page + 1] = found[n]
end
return page
