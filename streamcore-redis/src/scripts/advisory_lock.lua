-- Notes who works on the data, for a while; or answers who does.
--
-- KEYS[1]  string that expires: id, a space, a description
-- ARGV[1]  who asks (no space in it)
-- ARGV[2]  the description
-- ARGV[3]  for how many milliseconds; 0 takes the note away
-- ARGV[4]  '1' to write it whoever else has
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'none' and kind ~= 'string' then
  return redis.error_reply('CORRUPT ' .. KEYS[1] .. ': it is a ' .. kind .. ', not a note of a server; delete it')
end
local note = redis.call('GET', KEYS[1])
local id, description = string.match(note or '', '^(%S+) (.*)$')
if note and id ~= ARGV[1] and ARGV[4] ~= '1' then
  return {'taken', description or note, tostring(math.max(redis.call('PTTL', KEYS[1]), 0))}
end
if ARGV[3] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[3])
end
return {'ours'}
