-- What every script that changes something begins with.
--
-- KEYS[1]  hash: calls of the last minute, by id; the answer of each that changed something
-- ARGV[1]  the call's id, the same however often the client sends it
-- ARGV[2]  when the call is given up, in milliseconds of this server's clock: afterwards it must not happen any more
--
-- The script itself is a function body that answers with its reply (an array without nil) and whether it changed anything.
local done = redis.call('HGET', KEYS[1], ARGV[1])
if done then
  return cmsgpack.unpack(done)
end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
if now > tonumber(ARGV[2]) then
  return redis.error_reply(string.format('LATE %.0f', now))
end
local reply, changed = (function()
