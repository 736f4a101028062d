-- The stream with the lowest id of those that have this uuid: id and record.
--
-- KEYS[1]  sorted set: uuid and place of each stream
-- KEYS[2]  hash: the records, by id
-- ARGV[1]  the uuid
holds('zset', KEYS[1])
holds('hash', KEYS[2])
local from = '[' .. ARGV[1] .. ':'
local entries = redis.call('ZRANGEBYLEX', KEYS[1], from, from .. '\255')
for _, entry in ipairs(entries) do
  local id = entry:match(':(%-?%d+)$')
  local record = id and redis.call('HGET', KEYS[2], id)
  -- A record that could not be read when it was deleted left its entry behind.
  local uuid = record and record:match('^1\n([^\n]+)\n')
  if record and (not uuid or uuid == ARGV[1]) then
    return { id, record }
  end
end
return {}
