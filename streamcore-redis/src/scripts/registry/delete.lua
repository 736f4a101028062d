-- Forgets a stream and all of it, also one whose record cannot be read.
--
-- KEYS[2]  hash: the records, by id
-- KEYS[3]  sorted set: the places of all streams
-- KEYS[4]  sorted set: uuid and place of each stream
-- KEYS[5]  hash: the snapshots, by id
-- KEYS[6]  sorted set: the places of those that run
-- KEYS[7]  sorted set: its sessions
-- ARGV[3]  its id
-- ARGV[4]  its place
holds('hash', KEYS[2], KEYS[5])
holds('zset', KEYS[3], KEYS[4], KEYS[6], KEYS[7])
local record = redis.call('HGET', KEYS[2], ARGV[3])
if not record then
  return { 0 }, false
end
known_version(KEYS[2], ARGV[3], record)
local uuid = record:match('^1\n([^\n]+)\n')
if uuid then
  redis.call('ZREM', KEYS[4], uuid .. ':' .. ARGV[4])
end
redis.call('HDEL', KEYS[2], ARGV[3])
redis.call('ZREM', KEYS[3], ARGV[4])
redis.call('HDEL', KEYS[5], ARGV[3])
redis.call('ZREM', KEYS[6], ARGV[4])
redis.call('DEL', KEYS[7])
return { 1 }, true
