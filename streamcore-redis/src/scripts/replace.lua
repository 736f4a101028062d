-- Puts a value in the place of another one, if it still is that one.
--
-- KEYS[2]  the hash
-- ARGV[3]  the field
-- ARGV[4]  what it was when its change was decided on
-- ARGV[5]  what it becomes
holds('hash', KEYS[2])
if redis.call('HGET', KEYS[2], ARGV[3]) ~= ARGV[4] then
  return { 0 }, false
end
redis.call('HSET', KEYS[2], ARGV[3], ARGV[5])
return { 1 }, true
