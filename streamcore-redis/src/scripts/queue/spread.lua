-- Writing where items wait, in everything that says so; each write is noted with what takes it back.

-- Sorted sets: score, member, score, member, ...
local function add_members(key, list)
  in_pieces(list, 1000, function(piece)
    call('ZADD', key, unpack(piece))
    local back = { 'ZREM', key }
    for n = 2, #piece, 2 do
      back[#back + 1] = piece[n]
    end
    written[#written + 1] = back
  end)
end

local function drop_members(key, list)
  in_pieces(list, 1000, function(piece)
    local members = {}
    for n = 2, #piece, 2 do
      members[#members + 1] = piece[n]
    end
    for n, score in ipairs(call('ZMSCORE', key, unpack(members))) do
      if not score then
        corrupt(key, 'member ' .. members[n] .. ' is missing, though the item waits')
      end
    end
    call('ZREM', key, unpack(members))
    written[#written + 1] = { 'ZADD', key, unpack(piece) }
  end)
end

-- Records: id, record, id, record, ...
local function put_records(list)
  in_pieces(list, 1000, function(piece)
    call('HSET', ITEMS, unpack(piece))
    local back = { 'HDEL', ITEMS }
    for n = 1, #piece, 2 do
      back[#back + 1] = piece[n]
    end
    written[#written + 1] = back
  end)
end

local function drop_records(ids)
  in_pieces(ids, 500, function(piece)
    local back = { 'HSET', ITEMS }
    for _, id in ipairs(piece) do
      back[#back + 1], back[#back + 2] = id, fields(id).record
    end
    call('HDEL', ITEMS, unpack(piece))
    written[#written + 1] = back
  end)
end

-- Adds to the sums what these blocks of the smallest size gained.
local function change_sums(gained)
  local names, changes = {}, {}
  for n, block in ipairs(BLOCKS) do
    local above = {}
    for index, sum in pairs(gained) do
      names[#names + 1], changes[#changes + 1] = block[1] .. number(index), sum
      local parent = math.floor(index / RATIO)
      above[parent] = above[parent] or no_sum()
      add_sum(above[parent], sum)
    end
    gained = above
  end
  local set, gone, back, new = {}, {}, {}, {}
  local at = 0
  in_pieces(names, 1000, function(piece)
    for n, text in ipairs(call('HMGET', SUMS, unpack(piece))) do
      local name, sum = piece[n], changes[at + n]
      if text then
        back[#back + 1], back[#back + 2] = name, text
        add_sum(sum, read_sum(name, text))
      else
        new[#new + 1] = name
      end
      for m = 1, 5 do
        if sum[m] < 0 then
          corrupt(SUMS, 'field ' .. name .. ' is too small for what waits there')
        end
      end
      if sum[1] > 0 then
        set[#set + 1] = name
        set[#set + 1] = string.format('%.0f %.0f %.0f %.0f %.0f', unpack(sum))
      elseif text then
        gone[#gone + 1] = name
      end
    end
    at = at + #piece
  end)
  in_pieces(set, 1000, function(piece)
    call('HSET', SUMS, unpack(piece))
  end)
  in_pieces(gone, 1000, function(piece)
    call('HDEL', SUMS, unpack(piece))
  end)
  in_pieces(new, 1000, function(piece)
    written[#written + 1] = { 'HDEL', SUMS, unpack(piece) }
  end)
  in_pieces(back, 1000, function(piece)
    written[#written + 1] = { 'HSET', SUMS, unpack(piece) }
  end)
end

local TIERS = { v = VIP, a = ADMIN }

-- Gives items new places: a list of { id, place before or nil, place from now on or nil }.
local function relabel(changes)
  local keys = { ORDER, LANES, URLS, VIP, ADMIN }
  local gone, added, gained = {}, {}, {}
  for _, key in ipairs(keys) do
    gone[key], added[key] = {}, {}
  end
  local function note(lists, id, item, place, sign)
    local score, member = number(place), sortable(place) .. ':' .. id
    local function push(key, score_there, name)
      local list = lists[key]
      list[#list + 1] = score_there
      list[#list + 1] = name
    end
    push(ORDER, score, id)
    push(LANES, '0', item.requester .. ':' .. member)
    push(URLS, '0', item.url .. ':' .. member)
    if TIERS[item.tier] then
      push(TIERS[item.tier], score, id)
    end
    local block = math.floor(place / BLOCKS[1][2])
    gained[block] = gained[block] or no_sum()
    add_item(gained[block], item, sign)
  end
  for _, change in ipairs(changes) do
    local id, old, new = change[1], change[2], change[3]
    if old ~= new then
      local item = fields(id)
      if old then
        note(gone, id, item, old, -1)
      end
      if new then
        note(added, id, item, new, 1)
      end
    end
  end
  for _, key in ipairs(keys) do
    drop_members(key, gone[key])
    add_members(key, added[key])
  end
  change_sums(gained)
end

-- Lets exactly these wait, in this order. Every record was looked at, and nothing that comes behind this can fail: it is not taken back.
local function put_all(ids)
  call('UNLINK', ORDER, LANES, URLS, VIP, ADMIN, SUMS)
  local changes = {}
  for n, id in ipairs(ids) do
    changes[n] = { id, nil, (n - 1) * GAP }
  end
  relabel(changes)
end

-- So many items wait in one smallest block at the most, before they are spread out: they are read one by one.
local CROWDED = 512

-- Makes room for one more item at this index, ahead of the one that is there: spreads the smallest stretch of neighbours, doubled again and again,
-- in which they then have room enough, and more of it the longer it is. So each insertion costs O(log n) places in the long run (as in Bender,
-- Cole, Demaine, Farach-Colton, Zito, "Two simplified algorithms for maintaining order in a list", ESA 2002).
local function make_room(index, width)
  local length, wanted = waiting(), 2 ^ 16
  while true do
    local from, to = math.max(index - width / 2, 0), math.min(index + width / 2, length)
    local ids = look_at(call('ZRANGE', ORDER, from, to - 1))
    local before, distance
    if from == 0 and to == length then
      -- All of them, around zero.
      before, distance = -(math.floor(length / 2) + 1) * GAP, GAP
    else
      before = from > 0 and place_at(from - 1) or place_at(to) - (#ids + 1) * GAP
      local behind = to < length and place_at(to) or before + (#ids + 1) * GAP
      distance = math.floor((behind - before) / (#ids + 1))
      if before < -FARTHEST or behind > FARTHEST then
        distance = 0
      end
    end
    if distance >= wanted or to - from == length then
      local changes = {}
      for n, id in ipairs(ids) do
        changes[n] = { id, place_of(id), before + n * distance }
      end
      return relabel(changes)
    end
    width, wanted = width * 2, wanted * 2 ^ 0.25
  end
end

-- A free place at this index; else none, and how wide a stretch has to be spread.
local function free_place(index)
  local before = index > 0 and place_at(index - 1) or nil
  local behind = index < waiting() and place_at(index) or nil
  local place = 0
  if before and behind then
    place = before + math.min(math.floor((behind - before) / 2), GAP)
    if place == before then
      return nil, 16
    end
  elseif before then
    place = before + GAP
  elseif behind then
    place = behind - GAP
  end
  if math.abs(place) > FARTHEST then
    return nil, 16
  end
  local width = BLOCKS[1][2]
  local block = math.floor(place / width) * width
  if before and behind and behind - before < 2 ^ 16 and call('ZCOUNT', ORDER, number(block), number(block + width - 1)) >= CROWDED then
    return nil, 4 * CROWDED
  end
  return place
end

-- Lets an item wait at this index. Its record is in ITEMS, or will be.
local function insert(index, id)
  local place, width = free_place(index)
  if not place then
    make_room(index, width)
    place = free_place(index) or corrupt(ORDER, 'there is no room at number ' .. number(index))
  end
  relabel({ { id, nil, place } })
end

-- Takes an item out of what waits; its record stays in ITEMS.
local function take(id)
  relabel({ { id, place_of(id), nil } })
end

-- Lets several wait from this index on.
local function insert_all(index, ids)
  local length = waiting()
  if #ids > 64 and #ids * 8 > length then
    local all, joined = all_waiting(), {}
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
  for n, id in ipairs(ids) do
    if index == 0 then
      -- The last one first: so each has all the room ahead of the head.
      insert(0, ids[#ids + 1 - n])
    else
      insert(index + n - 1, id)
    end
  end
end
