-- A page of streams in the order of their ids: how many there are in all, whether there are more, then id and record of each.
--
-- KEYS[1]  sorted set: the places of all streams
-- KEYS[2]  hash: the records, by id
-- ARGV[1]  behind which place, as a bound
-- ARGV[2]  how many at most
holds('zset', KEYS[1])
holds('hash', KEYS[2])
local limit = tonumber(ARGV[2])
local places = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, string.format('%.0f', limit + 1))
local page = { redis.call('ZCARD', KEYS[1]), #places > limit and 1 or 0 }
for n = 1, math.min(#places, limit) do
  local id = places[n]:match(':(%-?%d+)$')
  if not id then
    corrupt(KEYS[1], ', member ' .. places[n] .. ': it is no place of a stream; remove it (ZREM)')
  end
  local record = redis.call('HGET', KEYS[2], id)
  if not record then
    corrupt(KEYS[2], ', field ' .. id .. ': the record of this stream is missing; create the stream anew, or remove its place ' .. places[n] .. ' from ' .. KEYS[1] .. ' (ZREM)')
  end
  page[#page + 1] = id
  page[#page + 1] = record
end
return page
