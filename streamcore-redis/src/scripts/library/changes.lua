-- What changed since an entry of the log, and some tracks as they are now.
--
-- KEYS[1]  hash: the tracks, by id
-- KEYS[2]  stream: which tracks changed, the last changes
-- ARGV[1]  the last entry that is known; nothing if the log was empty
-- ARGV[2…] the ids of the tracks
-- Answers 'behind' and the last entry if what changed is not known any more, or the log is not the one that the entry is of. Otherwise
-- 'changes', the entry up to which it tells, whether that is the last one, how many tracks there are, how many changed, id and record of
-- each of these, and then, if it was the last one, the tracks.
holds('hash', KEYS[1])
holds('stream', KEYS[2])
local since = ARGV[1]
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local last = newest and newest[1] or ''
local changed, seen = {}, {}
if since ~= last then
  if since == '' or #redis.call('XRANGE', KEYS[2], since, since) == 0 then
    return { 'behind', last }
  end
  for _, entry in ipairs(redis.call('XRANGE', KEYS[2], '(' .. since, '+', 'COUNT', 50)) do
    if #changed >= 1000 then
      break
    end
    since = entry[1]
    if entry[2][1] ~= 'ids' then
      return { 'behind', last }
    end
    for id in entry[2][2]:gmatch('%S+') do
      if not seen[id] then
        seen[id] = true
        changed[#changed + 1] = id
      end
    end
  end
end
local complete = since == last
local answer = { 'changes', since, complete and 1 or 0, redis.call('HLEN', KEYS[1]), #changed }
for _, id in ipairs(changed) do
  answer[#answer + 1] = id
  answer[#answer + 1] = redis.call('HGET', KEYS[1], id)
end
if complete then
  for n = 2, #ARGV do
    answer[#answer + 1] = redis.call('HGET', KEYS[1], ARGV[n])
  end
end
return answer
