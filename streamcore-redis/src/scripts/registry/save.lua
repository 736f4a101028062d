-- Stores a snapshot, unless the stored one outlives it, and adds a session that ended to the history.
--
-- Whether what is stored can be read is for the caller to say, who is asked about a snapshot that would outlive the new one: nothing is
-- done then, and the caller comes again with the answer.
--
-- KEYS[2]  hash: the records, by id
-- KEYS[3]  hash: the snapshots, by id
-- KEYS[4]  sorted set: the places of those that run
-- KEYS[5]  sorted set: its sessions, each beginning with its number
-- ARGV[3]  the stream's id
-- ARGV[4]  its place
-- ARGV[5]  the number of the snapshot's session, in 20 digits
-- ARGV[6]  'running' or 'over'
-- ARGV[7]  the snapshot
-- ARGV[8]  the stored snapshot that was asked about, or nothing
-- ARGV[9]  'readable' or 'unreadable'
-- ARGV[10] the number of the session that ended, in 20 digits, or nothing
-- ARGV[11] that session
-- ARGV[12] how many sessions are kept
local id, place, session, state = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
holds('hash', KEYS[2], KEYS[3])
holds('zset', KEYS[4], KEYS[5])
if redis.call('HEXISTS', KEYS[2], id) == 0 then
  return { 'missing' }, false
end
local stored = redis.call('HGET', KEYS[3], id)
local stays = false
if stored then
  known_version(KEYS[3], id, stored)
  local number, was = stored:match('^1\n(%d+)\n(%a+)\n')
  local may_be_replaced = number and #number == 20
    and (number < session or (number == session and (was == 'running' or state == 'over')))
  if not may_be_replaced then
    if stored ~= ARGV[8] then
      return { 'ask', stored }, false
    end
    stays = ARGV[9] == 'readable'
  end
end
if not stays then
  redis.call('HSET', KEYS[3], id, ARGV[7])
  if state == 'running' then
    redis.call('ZADD', KEYS[4], 0, place)
  else
    redis.call('ZREM', KEYS[4], place)
  end
end
local number = ARGV[10]
if number ~= '' and #redis.call('ZRANGEBYLEX', KEYS[5], '[' .. number, '[' .. number .. '\255', 'LIMIT', 0, 1) == 0 then
  redis.call('ZADD', KEYS[5], 0, number .. '\n' .. ARGV[11])
  local surplus = redis.call('ZCARD', KEYS[5]) - tonumber(ARGV[12])
  if surplus > 0 then
    redis.call('ZREMRANGEBYRANK', KEYS[5], 0, surplus - 1)
  end
end
return { 'done' }, true
