-- One queue: its keys, and what is read of it before anything is written.
--
-- `first_key` is where a queue's own keys begin, `first_arg` where the script's own arguments do; in scripts that change something the call's
-- come before them.
local QUEUE = KEYS[first_key]          -- hash: revision, current, mode, repeat, last_seq, requests, undo
local ITEMS = KEYS[first_key + 1]      -- hash: id -> record, of what waits and of what is current
local ORDER = KEYS[first_key + 2]      -- sorted set: id of what waits, by where it is
local LANES = KEYS[first_key + 3]      -- sorted set by member: requester:place:id of what waits
local URLS = KEYS[first_key + 4]       -- sorted set by member: location:place:id of what waits
local VIP = KEYS[first_key + 5]        -- sorted set: id of what waits in this tier, by where it is
local ADMIN = KEYS[first_key + 6]      -- the same
local SUMS = KEYS[first_key + 7]       -- hash: how long what waits in one block of places takes
local HISTORY = KEYS[first_key + 8]    -- hash: number -> entry
local PLAYED = KEYS[first_key + 9]     -- hash: id -> number of its entry
local HEARD = KEYS[first_key + 10]     -- sorted set by member: location:time:number of what was played or skipped
local REQUESTS = KEYS[first_key + 11]  -- sorted set: request, by when it came
local TURNS = KEYS[first_key + 12]     -- set: who had a turn in this round
local UNDO = KEYS[first_key + 13]      -- list: what takes the last edits back, the last one last
local CLEARED = KEYS[first_key + 14]   -- list: id, record, id, record, ... of what was cleared last

local call = redis.call
local function argument(n)
  return ARGV[first_arg + n - 1]
end

-- Stops the script before it wrote anything.
local function corrupt(key, problem)
  error({ err = 'CORRUPT key ' .. key .. ': ' .. problem .. '; restore a backup, or repair it by hand' })
end

-- A key of another kind stops it as well: each is looked at, as a write that fails would leave those before it done.
local KINDS = {
  { QUEUE, 'HLEN', 'hash' }, { ITEMS, 'HLEN', 'hash' }, { ORDER, 'ZCARD', 'sorted set' }, { LANES, 'ZCARD', 'sorted set' },
  { URLS, 'ZCARD', 'sorted set' }, { VIP, 'ZCARD', 'sorted set' }, { ADMIN, 'ZCARD', 'sorted set' }, { SUMS, 'HLEN', 'hash' },
  { HISTORY, 'HLEN', 'hash' }, { PLAYED, 'HLEN', 'hash' }, { HEARD, 'ZCARD', 'sorted set' }, { REQUESTS, 'ZCARD', 'sorted set' },
  { TURNS, 'SCARD', 'set' }, { UNDO, 'LLEN', 'list' }, { CLEARED, 'LLEN', 'list' },
}
for _, kind in ipairs(KINDS) do
  if type(redis.pcall(kind[2], kind[1])) ~= 'number' then
    corrupt(kind[1], 'it should hold a ' .. kind[3] .. ', and holds something else')
  end
end

-- A whole number that Lua can count with.
local function whole(field, text)
  if not text then
    return 0
  end
  if not string.match(text, '^%d+$') or #text > 15 then
    corrupt(QUEUE, 'field ' .. field .. ' is no number: ' .. string.sub(text, 1, 40))
  end
  return tonumber(text)
end

local function one_of(field, text, names)
  if not text then
    return names[1]
  end
  for _, name in ipairs(names) do
    if name == text then
      return text
    end
  end
  corrupt(QUEUE, 'field ' .. field .. ' is ' .. string.sub(text, 1, 40) .. ', which this version does not know')
end

local stored = call('HMGET', QUEUE, 'revision', 'current', 'mode', 'repeat', 'last_seq', 'requests', 'undo')
local queue = {
  revision = whole('revision', stored[1]),
  current = stored[2] or nil,
  mode = one_of('mode', stored[3], { 'fifo', 'priority', 'fair' }),
  repeats = one_of('repeat', stored[4], { 'off', 'one', 'all' }),
  last_seq = whole('last_seq', stored[5]),
  requests = whole('requests', stored[6]),
  -- Of each edit that can be taken back its kind and how many items that holds: `add:1,clear:12`.
  undo = stored[7] or '',
}

-- What the scripts need to know of an item; the rest of its record is the business of whoever wrote it.
local known = {}
local function fields_of(id, record)
  local tier, replays, hi, lo, nanos, unknown, added, requester, url =
    string.match(record, '^1|([van])|([01])|(%d+)|(%d+)|(%d+)|([01])|(%d+)|(%x+)|(%x+)|')
  if not url or #requester ~= 40 or #url ~= 40 or #added ~= 20 or #hi > 10 or #lo > 10 or #nanos > 9 then
    local version = string.match(record, '^(%d+)|')
    if version and version ~= '1' then
      corrupt(ITEMS, 'field ' .. id .. ' was written by a newer version (format ' .. string.sub(version, 1, 20) .. '), run that')
    end
    corrupt(ITEMS, 'field ' .. id .. ' is not the record of an item')
  end
  return {
    tier = tier, replays = replays == '1', hi = tonumber(hi), lo = tonumber(lo), nanos = tonumber(nanos), unknown = tonumber(unknown),
    added = added, requester = requester, url = url, record = record,
  }
end

local function fields(id)
  local item = known[id]
  if not item then
    local record = call('HGET', ITEMS, id)
    if not record then
      corrupt(ITEMS, 'field ' .. id .. ' is missing, though the item is listed')
    end
    item = fields_of(id, record)
    known[id] = item
  end
  return item
end

local function current_fields()
  return queue.current and fields(queue.current)
end
