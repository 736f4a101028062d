-- Puts a track in the place of what it was, if it still is that.
--
-- ARGV[3]  its id
-- ARGV[4]  what it was when its change was decided on
-- ARGV[5]  the entry of its location then
-- ARGV[6]  what it becomes; nothing: it is forgotten
-- ARGV[7]  the entry of its location from now on
local id = ARGV[3]
if redis.call('HGET', TRACKS, id) ~= ARGV[4] then
  return { 0 }, false
end
log({ id })
redis.call('ZREM', URLS, ARGV[5])
if ARGV[6] == '' then
  redis.call('HDEL', TRACKS, id)
else
  redis.call('HSET', TRACKS, id, ARGV[6])
  redis.call('ZADD', URLS, 0, ARGV[7])
end
return { 1 }, true
