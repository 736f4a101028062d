-- One field of a hash.
--
-- KEYS[1]  the hash
-- ARGV[1]  the field
holds('hash', KEYS[1])
return { redis.call('HGET', KEYS[1], ARGV[1]) }
