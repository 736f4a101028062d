-- What the scripts that change the library share.
--
-- KEYS[2]  hash: the tracks, by id
-- KEYS[3]  sorted set: location, moment and id of each track
-- KEYS[4]  stream: which tracks changed, the last changes
local TRACKS, URLS, LOG = KEYS[2], KEYS[3], KEYS[4]
holds('hash', TRACKS)
holds('zset', URLS)
holds('stream', LOG)

-- The first write of a change, as it is the only one that may be refused.
local function log(ids)
  redis.call('XADD', LOG, 'MAXLEN', '=', 1000, '*', 'ids', table.concat(ids, ' '))
end
