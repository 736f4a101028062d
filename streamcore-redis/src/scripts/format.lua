-- Marks the data as ours, unless it is marked; answers with the mark.
--
-- KEYS[1]  string: the version of what the keys hold
-- ARGV[1]  the version that is written now
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'none' and kind ~= 'string' then
  return 'a ' .. kind
end
-- One that is there is only read: a Redis whose memory is full can be started on.
local found = redis.call('GET', KEYS[1])
if not found then
  redis.call('SET', KEYS[1], ARGV[1])
end
return found or ARGV[1]
