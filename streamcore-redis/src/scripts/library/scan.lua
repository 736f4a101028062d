-- A part of the tracks, ids and records, after the cursor of the next part.
--
-- KEYS[1]  hash: the tracks, by id
-- ARGV[1]  the cursor
holds('hash', KEYS[1])
local part = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', 500)
local answer = part[2]
table.insert(answer, 1, part[1])
return answer
