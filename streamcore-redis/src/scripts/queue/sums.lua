-- How long what waits in one block of places takes, so that a page in the middle need not read all that is ahead of it.
--
-- Blocks of four sizes: 16 items at the usual distance, 64 times as many, and so on. A field of SUMS is the name of a size and the number of a
-- block; its value `items unknown high low nanos`: how many wait there, of how many the length is not known, and the sum of the others, whose
-- seconds come in halves of 32 bits, so that every number stays exact.
local BLOCKS = { { 'a', 2 ^ 24 }, { 'b', 2 ^ 30 }, { 'c', 2 ^ 36 }, { 'd', 2 ^ 42 } }
local RATIO = 64

local function no_sum()
  return { 0, 0, 0, 0, 0 }
end

local function add_item(sum, item, sign)
  sum[1] = sum[1] + sign
  if item.unknown == 1 then
    sum[2] = sum[2] + sign
  else
    sum[3], sum[4], sum[5] = sum[3] + sign * item.hi, sum[4] + sign * item.lo, sum[5] + sign * item.nanos
  end
end

local function add_sum(sum, other)
  for n = 1, 5 do
    sum[n] = sum[n] + other[n]
  end
end

local function read_sum(field, text)
  local sum = { string.match(text, '^(%d+) (%d+) (%d+) (%d+) (%d+)$') }
  for n = 1, 5 do
    if not sum[n] or #sum[n] > 16 then
      corrupt(SUMS, 'field ' .. field .. ' is no sum')
    end
    sum[n] = tonumber(sum[n])
  end
  return sum
end

-- How long the items before this index take.
local function playtime_before(index)
  local sum, length = no_sum(), waiting()
  if index <= 0 or length == 0 then
    return sum
  end
  local first = place_at(0)
  local place = index < length and place_at(index) or place_at(-1) + 1
  -- Whole blocks, each size within the one block of the next larger size that the index lies in.
  local from = -math.huge
  for n = #BLOCKS, 1, -1 do
    local name, width = BLOCKS[n][1], BLOCKS[n][2]
    local to, names = math.floor(place / width), {}
    for block = math.max(from, math.floor(first / width)), to - 1 do
      names[#names + 1] = name .. number(block)
    end
    in_pieces(names, 1000, function(piece)
      for m, text in ipairs(call('HMGET', SUMS, unpack(piece))) do
        if text then
          add_sum(sum, read_sum(piece[m], text))
        end
      end
    end)
    from = to * RATIO
  end
  local width = BLOCKS[1][2]
  for _, id in ipairs(look_at(call('ZRANGEBYSCORE', ORDER, number(math.floor(place / width) * width), '(' .. number(place)))) do
    add_item(sum, fields(id), 1)
  end
  if sum[1] ~= index then
    corrupt(SUMS, 'it counts ' .. number(sum[1]) .. ' items ahead of number ' .. number(index))
  end
  return sum
end
