-- Whose turn it is: `streamcore::queue::Turns`, on lanes. A lane is what one requester has waiting.

local LANE_ENDS = ';' -- the character behind ':'

local function lane_length(requester)
  return call('ZLEXCOUNT', LANES, '[' .. requester .. ':', '(' .. requester .. LANE_ENDS)
end

-- The index of this requester's item number n, from 0; nil if there are fewer.
local function index_of_nth(requester, n)
  local first = call('ZRANGEBYLEX', LANES, '[' .. requester .. ':', '(' .. requester .. LANE_ENDS, 'LIMIT', 0, 1)[1]
  if not first then
    return nil
  end
  local rank = call('ZRANK', LANES, first) + n
  local member = call('ZRANGE', LANES, rank, rank)[1]
  if not member or string.sub(member, 1, 40) ~= requester then
    return nil
  end
  local id = string.sub(member, 59)
  local index = index_of(id)
  if not index then
    corrupt(LANES, 'it lists item ' .. id .. ', which does not wait')
  end
  return index, id
end

-- How many of this requester's items wait before this index.
local function count_before(requester, index)
  if index >= waiting() then
    return lane_length(requester)
  end
  return call('ZLEXCOUNT', LANES, '[' .. requester .. ':', '(' .. requester .. ':' .. sortable(place_at(index)))
end

local function had_turn(requester)
  return call('SISMEMBER', TURNS, requester) == 1
end

-- How many turns this requester has had when the waiting items begin.
local function turns_before_waiting(requester, current)
  local new_round = current and had_turn(current)
  local turns = 0
  if not new_round and had_turn(requester) then
    turns = 1
  end
  if current == requester then
    turns = turns + 1
  end
  return turns
end

-- The index of the first waiting item, from this one on, that is a later turn of its requester than this one.
local function first_later_turn(turn, from, current)
  local earliest = waiting()
  local behind = '-'
  while true do
    local member = call('ZRANGEBYLEX', LANES, behind, '+', 'LIMIT', 0, 1)[1]
    if not member then
      return earliest
    end
    local requester = string.sub(member, 1, 40)
    local n = turn + 1 - turns_before_waiting(requester, current)
    n = math.max(n, 0, count_before(requester, from))
    local index = index_of_nth(requester, n)
    if index and index < earliest then
      earliest = index
    end
    behind = '(' .. requester .. LANE_ENDS
  end
end

-- Where an added item of this requester goes.
local function turn_of(requester)
  local current = current_fields()
  current = current and current.requester
  local own = lane_length(requester)
  local from = own > 0 and index_of_nth(requester, own - 1) + 1 or 0
  return first_later_turn(turns_before_waiting(requester, current) + own, from, current)
end
