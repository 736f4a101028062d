-- The places of the streams that run, in the order of their ids.
--
-- KEYS[1]  sorted set: the places of those that run
holds('zset', KEYS[1])
return redis.call('ZRANGE', KEYS[1], 0, -1)
