-- Adds a stream, unless there is one with its id.
--
-- KEYS[2]  hash: the records, by id
-- KEYS[3]  sorted set: the places of all streams
-- KEYS[4]  sorted set: uuid and place of each stream
-- KEYS[5]  hash: the snapshots, by id
-- KEYS[6]  sorted set: the places of those that run
-- KEYS[7]  sorted set: its sessions
-- ARGV[3]  its id
-- ARGV[4]  its place: sorts as the id does
-- ARGV[5]  its uuid
-- ARGV[6]  its record
holds('hash', KEYS[2], KEYS[5])
holds('zset', KEYS[3], KEYS[4], KEYS[6], KEYS[7])
if redis.call('HSETNX', KEYS[2], ARGV[3], ARGV[6]) == 0 then
  return { 0 }, false
end
redis.call('ZADD', KEYS[3], 0, ARGV[4])
redis.call('ZADD', KEYS[4], 0, ARGV[5] .. ':' .. ARGV[4])
-- It begins without, also where hands took the record of an earlier one away and nothing else.
redis.call('HDEL', KEYS[5], ARGV[3])
redis.call('ZREM', KEYS[6], ARGV[4])
redis.call('DEL', KEYS[7])
return { 1 }, true
