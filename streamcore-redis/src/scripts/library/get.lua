-- The tracks with these ids, in their order; nil for one that does not exist.
--
-- KEYS[1]  hash: the tracks, by id
-- ARGV     the ids
holds('hash', KEYS[1])
local found = {}
for n, id in ipairs(ARGV) do
  found[n] = redis.call('HGET', KEYS[1], id)
end
return found
