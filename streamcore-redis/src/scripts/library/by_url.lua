-- Of the tracks with this location the one that was added first: id and record.
--
-- KEYS[1]  sorted set: location, moment and id of each track
-- KEYS[2]  hash: the tracks, by id
-- ARGV[1]  the location, as its entries begin
holds('zset', KEYS[1])
holds('hash', KEYS[2])
local entry = redis.call('ZRANGEBYLEX', KEYS[1], '[' .. ARGV[1], '[' .. ARGV[1] .. '\255', 'LIMIT', 0, 1)[1]
if not entry then
  return {}
end
local id = entry:sub(-36)
local record = redis.call('HGET', KEYS[2], id)
if not record then
  corrupt(KEYS[1], ', member ' .. entry .. ': there is no such track in ' .. KEYS[2] .. '; remove the member (ZREM)')
end
return { id, record }
