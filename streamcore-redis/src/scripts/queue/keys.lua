-- One queue: its keys, and what is read of it before anything is written.
--
-- `first_key` is where a queue's own keys begin, `first_arg` where the script's own arguments do; in scripts that change something the call's
-- come before them.
local QUEUE = KEYS[first_key]          -- hash: format, revision, current, mode, repeat, last_seq, requests, undo, sizes
local ITEMS = KEYS[first_key + 1]      -- hash: id -> record, of what waits and of what is current
local ORDER = KEYS[first_key + 2]      -- sorted set: id of what waits, by where it is
local LANES = KEYS[first_key + 3]      -- sorted set by member: requester:place:id of what waits
local URLS = KEYS[first_key + 4]       -- sorted set by member: location:place:id of what waits
local VIP = KEYS[first_key + 5]        -- sorted set: id of what waits in this tier, by where it is
local ADMIN = KEYS[first_key + 6]      -- the same
local SUMS = KEYS[first_key + 7]       -- hash: block of places -> how many wait there, and how long they take
local HISTORY = KEYS[first_key + 8]    -- hash: number -> entry
local PLAYED = KEYS[first_key + 9]     -- hash: id -> number of its entry
local HEARD = KEYS[first_key + 10]     -- sorted set by member: location:time:number of what was played or skipped
local REQUESTS = KEYS[first_key + 11]  -- sorted set: request, by when it came
local TURNS = KEYS[first_key + 12]     -- set: who had a turn in this round
local UNDO = KEYS[first_key + 13]      -- list: what takes the last edits back, the last one last
local CLEARED = KEYS[first_key + 14]   -- list: id, record, id, record, ... of what was cleared last

local call = redis.call
local HISTORY_LIMIT, REQUESTS_REMEMBERED = 1000, 1024

local function argument(n)
  return ARGV[first_arg + n - 1]
end

local function number(n)
  return string.format('%.0f', n)
end

-- Stops the script; whatever it wrote is taken back.
local function corrupt(key, problem)
  error({ err = 'CORRUPT key ' .. key .. ': ' .. problem .. '; restore a backup, or repair it by hand' })
end

-- A key of another kind stops it as well: each is looked at, as a write that fails would leave those before it done.
local size = {}
for _, kind in ipairs({
  { QUEUE, 'HLEN', 'hash' }, { ITEMS, 'HLEN', 'hash' }, { ORDER, 'ZCARD', 'sorted set' }, { LANES, 'ZCARD', 'sorted set' },
  { URLS, 'ZCARD', 'sorted set' }, { VIP, 'ZCARD', 'sorted set' }, { ADMIN, 'ZCARD', 'sorted set' }, { SUMS, 'HLEN', 'hash' },
  { HISTORY, 'HLEN', 'hash' }, { PLAYED, 'HLEN', 'hash' }, { HEARD, 'ZCARD', 'sorted set' }, { REQUESTS, 'ZCARD', 'sorted set' },
  { TURNS, 'SCARD', 'set' }, { UNDO, 'LLEN', 'list' }, { CLEARED, 'LLEN', 'list' },
}) do
  local key = kind[1]
  size[key] = redis.pcall(kind[2], key)
  if type(size[key]) ~= 'number' then
    corrupt(key, 'it should hold a ' .. kind[3] .. ', and holds something else')
  end
  if size[key] > 0 and size[QUEUE] == 0 then
    corrupt(QUEUE, 'it is missing, though ' .. key .. ' is there')
  end
end

-- A whole number that Lua can count with.
local function whole(field, text)
  if size[QUEUE] == 0 then
    return 0
  end
  if not string.match(text or '', '^%d+$') or #text > 15 then
    corrupt(QUEUE, 'field ' .. field .. ' is no number: ' .. string.sub(text or 'missing', 1, 40))
  end
  return tonumber(text)
end

local function one_of(field, text, names)
  if size[QUEUE] == 0 then
    return names[1]
  end
  for _, name in ipairs(names) do
    if name == text then
      return text
    end
  end
  corrupt(QUEUE, 'field ' .. field .. ' is ' .. string.sub(text or 'missing', 1, 40) .. ', which this version does not know')
end

local stored = call('HMGET', QUEUE, 'revision', 'current', 'mode', 'repeat', 'last_seq', 'requests', 'undo', 'format', 'sizes')
local queue = {
  revision = whole('revision', stored[1]),
  current = stored[2] or nil,
  mode = one_of('mode', stored[3], { 'fifo', 'priority', 'fair' }),
  repeats = one_of('repeat', stored[4], { 'off', 'one', 'all' }),
  last_seq = whole('last_seq', stored[5]),
  requests = whole('requests', stored[6]),
  -- Of each edit that can be taken back its kind and how many items that holds: `add:1,clear:12`.
  undo = {},
}
if stored[8] ~= '1' and size[QUEUE] > 0 then
  corrupt(QUEUE, 'field format is ' .. string.sub(stored[8] or 'missing', 1, 20) .. ': it was written by a newer version, run that')
end
for entry in string.gmatch(stored[7] or '', '[^,]+') do
  local kind, weight = string.match(entry, '^(%l+):(%d+)$')
  if not kind or #weight > 15 then
    corrupt(QUEUE, 'field undo holds ' .. string.sub(entry, 1, 40))
  end
  queue.undo[#queue.undo + 1] = { kind = kind, weight = tonumber(weight) }
end

-- How much the keys hold whose contents follow from nothing else that is read: so a key that is lost, say by eviction, is missed.
local COUNTED = { { VIP, 'ZCARD' }, { ADMIN, 'ZCARD' }, { SUMS, 'HLEN' }, { HEARD, 'ZCARD' }, { TURNS, 'SCARD' }, { CLEARED, 'LLEN' } }
local noted = {}
for count in string.gmatch(stored[9] or '', '%d+') do
  noted[#noted + 1] = tonumber(count)
end
if #noted ~= #COUNTED and size[QUEUE] > 0 then
  corrupt(QUEUE, 'field sizes is ' .. string.sub(stored[9] or 'missing', 1, 40))
end
for n, count in ipairs(noted) do
  local key = COUNTED[n][1]
  if size[key] ~= count then
    corrupt(key, 'it holds ' .. number(size[key]) .. ' entries, and should hold ' .. number(count) .. ', by field sizes of ' .. QUEUE)
  end
end

-- What is kept about the same things has to agree.
for _, expected in ipairs({
  { ITEMS, size[ORDER] + (queue.current and 1 or 0), 'as many as ' .. ORDER .. ' lists, and the current item' },
  { LANES, size[ORDER], 'as many as ' .. ORDER },
  { URLS, size[ORDER], 'as many as ' .. ORDER },
  { HISTORY, math.min(queue.last_seq, HISTORY_LIMIT), 'by field last_seq of ' .. QUEUE },
  { PLAYED, math.min(queue.last_seq, HISTORY_LIMIT), 'as many as ' .. HISTORY },
  { REQUESTS, math.min(queue.requests, REQUESTS_REMEMBERED), 'by field requests of ' .. QUEUE },
  { UNDO, #queue.undo, 'by field undo of ' .. QUEUE },
}) do
  if size[expected[1]] ~= expected[2] then
    corrupt(expected[1], 'it holds ' .. number(size[expected[1]]) .. ' entries, and should hold ' .. number(expected[2]) .. ', ' .. expected[3])
  end
end
if size[CLEARED] % 2 ~= 0 then
  corrupt(CLEARED, 'an id is there without its record')
end

-- What the scripts need to know of an item; the rest of its record is the business of whoever wrote it. It begins with its version and with the
-- digest of all behind that: what was cut or changed by hand is not taken for an item.
local function fields_of(key, id, record)
  local version, digest, behind = string.match(record, '^(%d+)|(%x+)|()')
  if version and version ~= '1' then
    corrupt(key, 'the record of item ' .. id .. ' was written by a newer version (format ' .. string.sub(version, 1, 20) .. '), run that')
  end
  if not version or digest ~= string.sub(redis.sha1hex(string.sub(record, behind)), 1, 10) then
    corrupt(key, 'the record of item ' .. id .. ' is damaged')
  end
  local tier, replays, hi, lo, nanos, unknown, added, requester, url =
    string.match(record, '^([van])|([01])|(%d+)|(%d+)|(%d+)|([01])|(%d+)|(%x+)|(%x+)|', behind)
  if not url or #requester ~= 40 or #url ~= 40 or #added ~= 20 or #hi > 10 or #lo > 10 or #nanos > 9 then
    corrupt(key, 'the record of item ' .. id .. ' is none')
  end
  return {
    tier = tier, replays = replays == '1', hi = tonumber(hi), lo = tonumber(lo), nanos = tonumber(nanos), unknown = tonumber(unknown),
    added = added, requester = requester, url = url, record = record,
  }
end

local known = {}
local function fields(id)
  local item = known[id]
  if not item then
    local record = call('HGET', ITEMS, id)
    if not record then
      corrupt(ITEMS, 'item ' .. id .. ' is missing, though it is listed')
    end
    item = fields_of(ITEMS, id, record)
    known[id] = item
  end
  return item
end

local function current_fields()
  return queue.current and fields(queue.current)
end

-- Lists of arguments are cut, as a call takes only so many.
local function in_pieces(list, length, act)
  for from = 1, #list, length do
    act({ unpack(list, from, math.min(from + length - 1, #list)) })
  end
end
