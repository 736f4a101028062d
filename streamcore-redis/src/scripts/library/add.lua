-- Adds those tracks whose ids are not known, if there is room for all of them; answers with what is known of each, or an empty text.
--
-- ARGV[3]  how many tracks there may be
-- ARGV[4…] of each track: id, record, and the entry of its location
local answer, new = { 'added' }, {}
for n = 4, #ARGV, 3 do
  local known = redis.call('HGET', TRACKS, ARGV[n])
  answer[#answer + 1] = known or ''
  if not known then
    new[#new + 1] = n
  end
end
if #new == 0 then
  return answer, false
end
if redis.call('HLEN', TRACKS) + #new > tonumber(ARGV[3]) then
  return { 'full' }, false
end
local ids = {}
for nth, n in ipairs(new) do
  ids[nth] = ARGV[n]
end
log(ids)
for _, n in ipairs(new) do
  redis.call('HSET', TRACKS, ARGV[n], ARGV[n + 1])
  redis.call('ZADD', URLS, 0, ARGV[n + 2])
end
return answer, true
