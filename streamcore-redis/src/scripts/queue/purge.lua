-- Forgets everything but the revision, which it raises. It looks at nothing but that: what cannot be read must be possible to forget.
--
-- Arguments: channel and name of the stream.
local first, channel, stream = KEYS[first_key], ARGV[first_arg], ARGV[first_arg + 1]
local revision = redis.pcall('HGET', first, 'revision')
revision = type(revision) == 'string' and #revision <= 15 and string.match(revision, '^%d+$') and tonumber(revision) or 0
for n = first_key, #KEYS do
  redis.call('UNLINK', KEYS[n])
end
redis.call(
  'HSET', first, 'format', '1', 'revision', string.format('%.0f', revision + 1), 'mode', 'fifo', 'repeat', 'off', 'last_seq', '0',
  'requests', '0', 'undo', '', 'sizes', '0 0 0 0 0 0'
)
redis.pcall('PUBLISH', channel, stream)
return { '1' }, true
