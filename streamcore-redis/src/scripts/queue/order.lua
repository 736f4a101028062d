-- What waits, in its order, with every question answered in O(log n).
--
-- A place is a whole number within 2^51 of zero, the score in ORDER. Neighbours have gaps between them, so that an add or a move writes one
-- place; where no number is left between two, those around them are spread out: the smallest stretch, doubled again and again, in which they
-- then have room enough, and more of it the longer it is. So each insertion costs O(log n) places in the long run (as in Bender, Cole, Demaine,
-- Farach-Colton, Zito, "Two simplified algorithms for maintaining order in a list", ESA 2002).
local GAP = 2 ^ 20
local FARTHEST = 2 ^ 51
-- Three sizes of blocks whose sums are kept: 64 items at the usual distance, 64 times as much, and again.
local BLOCKS = { { 'c', 2 ^ 38 }, { 'b', 2 ^ 32 }, { 'a', 2 ^ 26 } }

local function number(n)
  return string.format('%.0f', n)
end

-- A place as text that sorts as it does.
local function sortable(place)
  return string.format('%016.0f', place + 2 ^ 52)
end

local function waiting()
  return call('ZCARD', ORDER)
end

-- The index of an item among those that wait; nil if it does not.
local function index_of(id)
  return call('ZRANK', ORDER, id) or nil
end

local function id_at(index)
  return call('ZRANGE', ORDER, index, index)[1]
end

local function place_of(id)
  return tonumber(call('ZSCORE', ORDER, id))
end

local function place_at(index)
  local found = call('ZRANGE', ORDER, index, index, 'WITHSCORES')
  return tonumber(found[2])
end

local function first_waiting()
  return queue.current and 1 or 0
end

local function total()
  return first_waiting() + waiting()
end

local function knows(id)
  return call('HEXISTS', ITEMS, id) == 1 or call('HEXISTS', PLAYED, id) == 1
end

-- Whether a sum was found that is no number: then all of them are made anew when the script is through, as they follow from the items.
local sums_are_broken = false

local function add_to(field, by)
  if by == 0 then
    return
  end
  local sum = redis.pcall('HINCRBY', SUMS, field, number(by))
  if type(sum) ~= 'number' then
    sums_are_broken = true
  elseif sum == 0 then
    call('HDEL', SUMS, field)
  end
end

local function sum_up(place, item, sign)
  for _, block in ipairs(BLOCKS) do
    local name = block[1] .. number(math.floor(place / block[2]))
    if item.unknown == 1 then
      add_to(name .. 'u', sign)
    else
      add_to(name .. 'h', sign * item.hi)
      add_to(name .. 'l', sign * item.lo)
      add_to(name .. 'n', sign * item.nanos)
    end
  end
end

local TIERS = { v = VIP, a = ADMIN }

-- Notes an item in all that says where it is.
local function enter(id, item, place)
  local text = number(place)
  call('ZADD', ORDER, text, id)
  call('ZADD', LANES, 0, item.requester .. ':' .. sortable(place) .. ':' .. id)
  call('ZADD', URLS, 0, item.url .. ':' .. sortable(place) .. ':' .. id)
  if TIERS[item.tier] then
    call('ZADD', TIERS[item.tier], text, id)
  end
  sum_up(place, item, 1)
end

local function leave(id, item, place)
  call('ZREM', ORDER, id)
  call('ZREM', LANES, item.requester .. ':' .. sortable(place) .. ':' .. id)
  call('ZREM', URLS, item.url .. ':' .. sortable(place) .. ':' .. id)
  if TIERS[item.tier] then
    call('ZREM', TIERS[item.tier], id)
  end
  sum_up(place, item, -1)
end

-- Gives these neighbours new places. By now the script may have written: one whose record cannot be read gets its place all the same, and is told
-- of by whoever wants to do something with it.
local function spread(ids, first, distance)
  local readable = {}
  for n, id in ipairs(ids) do
    local is_readable, item = pcall(fields, id)
    readable[n] = is_readable and item
    if is_readable then
      leave(id, item, place_of(id))
    else
      call('ZREM', ORDER, id)
    end
  end
  for n, id in ipairs(ids) do
    local place = first + (n - 1) * distance
    if readable[n] then
      enter(id, readable[n], place)
    else
      call('ZADD', ORDER, number(place), id)
    end
  end
end

-- Makes room for one more item at this index, ahead of the one that is there.
local function make_room(index)
  local length, width, wanted = waiting(), 16, 2 ^ 16
  while true do
    local from, to = math.max(index - width / 2, 0), math.min(index + width / 2, length)
    local ids = call('ZRANGE', ORDER, from, to - 1)
    if from == 0 and to == length then
      -- All of them, around zero.
      return spread(ids, -math.floor(length / 2) * GAP, GAP)
    end
    local before = from > 0 and place_at(from - 1) or place_at(to) - (#ids + 1) * GAP
    local behind = to < length and place_at(to) or before + (#ids + 1) * GAP
    local distance = math.floor((behind - before) / (#ids + 1))
    if distance >= wanted and before >= -FARTHEST and behind <= FARTHEST then
      return spread(ids, before + distance, distance)
    end
    width, wanted = width * 2, wanted * 2 ^ 0.25
  end
end

-- A free place at this index; none if there is no room.
local function free_place(index)
  local before = index > 0 and place_at(index - 1) or nil
  local behind = place_at(index)
  local place
  if before and behind then
    place = before + math.min(math.floor((behind - before) / 2), GAP)
    if place == before then
      return nil
    end
  elseif before then
    place = before + GAP
  elseif behind then
    place = behind - GAP
  else
    place = 0
  end
  if math.abs(place) > FARTHEST then
    return nil
  end
  return place
end

-- Lets an item wait at this index. Its record is in ITEMS, or will be.
local function insert(index, id, item)
  local place = free_place(index)
  if not place then
    make_room(index)
    place = free_place(index)
  end
  enter(id, item, place)
end

-- Takes an item out of what waits; its record stays in ITEMS.
local function take(id)
  leave(id, fields(id), place_of(id))
end

-- Lists of arguments are cut, as a call takes only so many.
local function in_pieces(list, size, act)
  for from = 1, #list, size do
    act({ unpack(list, from, math.min(from + size - 1, #list)) })
  end
end

local function records(ids)
  local found = {}
  in_pieces(ids, 1000, function(piece)
    for n, record in ipairs(call('HMGET', ITEMS, unpack(piece))) do
      if not record then
        corrupt(ITEMS, 'field ' .. piece[n] .. ' is missing, though the item is listed')
      end
      found[#found + 1] = record
    end
  end)
  return found
end

-- All that waits, in its order; every record was looked at.
local function all_waiting()
  local ids = call('ZRANGE', ORDER, 0, -1)
  for n, record in ipairs(records(ids)) do
    known[ids[n]] = known[ids[n]] or fields_of(ids[n], record)
  end
  return ids
end

-- Lets exactly these wait, in this order. All at once: each write takes many.
local function put_all(ids)
  call('DEL', ORDER, LANES, URLS, VIP, ADMIN, SUMS)
  local order, lanes, urls, tiers, sums = {}, {}, {}, { v = {}, a = {} }, {}
  for n, id in ipairs(ids) do
    local item, place = fields(id), (n - 1) * GAP
    local text, behind = number(place), ':' .. sortable(place) .. ':' .. id
    order[2 * n - 1], order[2 * n] = text, id
    lanes[2 * n - 1], lanes[2 * n] = 0, item.requester .. behind
    urls[2 * n - 1], urls[2 * n] = 0, item.url .. behind
    local tier = tiers[item.tier]
    if tier then
      tier[#tier + 1], tier[#tier + 2] = text, id
    end
    for _, block in ipairs(BLOCKS) do
      local name = block[1] .. number(math.floor(place / block[2]))
      if item.unknown == 1 then
        sums[name .. 'u'] = (sums[name .. 'u'] or 0) + 1
      else
        sums[name .. 'h'] = (sums[name .. 'h'] or 0) + item.hi
        sums[name .. 'l'] = (sums[name .. 'l'] or 0) + item.lo
        sums[name .. 'n'] = (sums[name .. 'n'] or 0) + item.nanos
      end
    end
  end
  for _, index in ipairs({ { ORDER, order }, { LANES, lanes }, { URLS, urls }, { VIP, tiers.v }, { ADMIN, tiers.a } }) do
    in_pieces(index[2], 4000, function(piece)
      call('ZADD', index[1], unpack(piece))
    end)
  end
  local summed = {}
  for field, sum in pairs(sums) do
    if sum ~= 0 then
      summed[#summed + 1], summed[#summed + 2] = field, number(sum)
    end
  end
  in_pieces(summed, 4000, function(piece)
    call('HSET', SUMS, unpack(piece))
  end)
end

-- Lets several wait from this index on.
local function insert_all(index, ids)
  if #ids > 64 and #ids * 8 > waiting() then
    local all = all_waiting()
    local joined = {}
    for n = 1, index do
      joined[n] = all[n]
    end
    for _, id in ipairs(ids) do
      joined[#joined + 1] = id
    end
    for n = index + 1, #all do
      joined[#joined + 1] = all[n]
    end
    return put_all(joined)
  end
  if index == 0 then
    -- The last one first: so each has all the room ahead of the head.
    for n = #ids, 1, -1 do
      insert(0, ids[n], fields(ids[n]))
    end
    return
  end
  for n, id in ipairs(ids) do
    insert(index + n - 1, id, fields(id))
  end
end

-- Makes all sums anew.
local function sum_up_all()
  call('DEL', SUMS)
  for _, id in ipairs(call('ZRANGE', ORDER, 0, -1)) do
    local is_readable, item = pcall(fields, id)
    if is_readable then
      sum_up(place_of(id), item, 1)
    end
  end
  sums_are_broken = false
end

-- How long the items before this index take: high and low half of the seconds, nanoseconds, and how many are of unknown length.
local function playtime_before(index)
  local sum = { h = 0, l = 0, n = 0, u = 0 }
  local length = waiting()
  if index <= 0 or length == 0 then
    return sum
  end
  local first = place_at(0)
  local place = index < length and place_at(index) or place_at(-1) + 1
  local function add_blocks(name, from, to)
    local names = {}
    for block = from, to - 1 do
      for _, part in ipairs({ 'h', 'l', 'n', 'u' }) do
        names[#names + 1] = name .. number(block) .. part
      end
    end
    in_pieces(names, 4000, function(piece)
      for n, value in ipairs(call('HMGET', SUMS, unpack(piece))) do
        if value then
          local part = string.sub(piece[n], -1)
          sum[part] = sum[part] + (tonumber(value) or corrupt(SUMS, 'field ' .. piece[n] .. ' is no number'))
        end
      end
    end)
  end
  local from = math.floor(first / BLOCKS[1][2])
  for level, block in ipairs(BLOCKS) do
    local to = math.floor(place / block[2])
    add_blocks(block[1], math.max(from, math.floor(first / block[2])), to)
    from = to * 64
  end
  local last = BLOCKS[#BLOCKS][2]
  local ids = call('ZRANGEBYSCORE', ORDER, number(math.floor(place / last) * last), '(' .. number(place))
  for n, record in ipairs(records(ids)) do
    local item = known[ids[n]] or fields_of(ids[n], record)
    if item.unknown == 1 then
      sum.u = sum.u + 1
    else
      sum.h, sum.l, sum.n = sum.h + item.hi, sum.l + item.lo, sum.n + item.nanos
    end
  end
  return sum
end
