-- What waits, in its order, with every question answered in O(log n).
--
-- A place is a whole number within 2^51 of zero, the score in ORDER. Neighbours have gaps between them, so that an add or a move writes one
-- place; where no number is left between two, those around them are spread out (`spread.lua`).
local GAP = 2 ^ 20
local FARTHEST = 2 ^ 51

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

local function as_place(score)
  local place = tonumber(score)
  if not place or not (math.abs(place) <= FARTHEST) or place % 1 ~= 0 then
    corrupt(ORDER, 'a score is no place: ' .. tostring(score))
  end
  return place
end

local function place_of(id)
  return as_place(call('ZSCORE', ORDER, id))
end

local function place_at(index)
  return as_place(call('ZRANGE', ORDER, index, index, 'WITHSCORES')[2])
end

local function first_waiting()
  return queue.current and 1 or 0
end

local function total()
  return first_waiting() + waiting()
end

local function position_of(id)
  if queue.current == id then
    return 0
  end
  local index = index_of(id)
  return index and index + first_waiting()
end

-- The index of an item that may wait; nil if nothing is known of it. What has a record waits, unless it is current.
local function index_if_waiting(id)
  local index = index_of(id)
  if not index and id ~= queue.current and call('HEXISTS', ITEMS, id) == 1 then
    corrupt(ORDER, 'item ' .. id .. ' is not listed, though it is in ' .. ITEMS)
  end
  return index
end

local function knows(id)
  return call('HEXISTS', ITEMS, id) == 1 or call('HEXISTS', PLAYED, id) == 1
end

local function records(ids)
  local found = {}
  in_pieces(ids, 1000, function(piece)
    for n, record in ipairs(call('HMGET', ITEMS, unpack(piece))) do
      if not record then
        corrupt(ITEMS, 'item ' .. piece[n] .. ' is missing, though it is listed')
      end
      found[#found + 1] = record
    end
  end)
  return found
end

-- Looks at the records of all of these.
local function look_at(ids)
  local unseen = {}
  for _, id in ipairs(ids) do
    if not known[id] then
      unseen[#unseen + 1] = id
    end
  end
  for n, record in ipairs(records(unseen)) do
    known[unseen[n]] = fields_of(ITEMS, unseen[n], record)
  end
  return ids
end

-- All that waits, in its order; every record was looked at.
local function all_waiting()
  return look_at(call('ZRANGE', ORDER, 0, -1))
end
