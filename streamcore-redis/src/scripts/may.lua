-- Tries the commands that the scripts use; answers with those that are refused, each followed by what the server says.
--
-- KEYS[1]  a key of our own, which is deleted again
-- ARGV[1]  the channel of changes
local refused = {}
local function try(...)
  local answer = redis.pcall(...)
  if type(answer) == 'table' and answer.err then
    refused[#refused + 1] = (select(1, ...))
    refused[#refused + 1] = answer.err
  end
end
local key = KEYS[1]
try('TYPE', key)
try('DEL', key)
try('SET', key, '1', 'PX', '1000')
try('GET', key)
try('PTTL', key)
redis.pcall('DEL', key)
try('HSET', key, 'a', '1')
try('PEXPIRE', key, '1000')
try('HSETNX', key, 'b', '1')
try('HGET', key, 'a')
try('HMGET', key, 'a')
try('HGETALL', key)
try('HLEN', key)
try('HEXISTS', key, 'a')
try('HINCRBY', key, 'a', '1')
try('HDEL', key, 'a')
redis.pcall('DEL', key)
try('ZADD', key, '0', 'a')
try('PEXPIRE', key, '1000')
try('ZCARD', key)
try('ZSCORE', key, 'a')
try('ZRANGE', key, '0', '0')
try('ZRANGEBYLEX', key, '-', '+')
try('ZREVRANGEBYLEX', key, '+', '-')
try('ZLEXCOUNT', key, '-', '+')
try('ZREMRANGEBYRANK', key, '5', '5')
try('ZREM', key, 'a')
redis.pcall('DEL', key)
try('TIME')
-- Who listens takes it for no stream's id.
try('PUBLISH', ARGV[1], 'doctor')
return refused
