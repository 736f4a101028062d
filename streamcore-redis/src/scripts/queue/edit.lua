-- What all edits have in common: what they remember, and what they answer.

local UNDO_LIMIT, UNDO_ITEMS, REQUESTS_REMEMBERED = 20, 10000, 1024

-- Remembers how to take an edit back: a table of `remove`, `move_back`, `insert`, `anchor`, `order`, `mode`, `repeats`, and forgets the oldest
-- beyond the bounds.
local function remember(kind, undo)
  local weight = #(undo.remove or {}) + #(undo.insert or {}) / 2 + #(undo.order or {})
  call('RPUSH', UNDO, '1' .. cmsgpack.pack(undo))
  local kept, sum = {}, weight
  for entry in string.gmatch(queue.undo, '[^,]+') do
    kept[#kept + 1] = entry
    sum = sum + tonumber(string.match(entry, ':(%d+)$') or 0)
  end
  kept[#kept + 1] = kind .. ':' .. number(weight)
  while #kept > 1 and (#kept > UNDO_LIMIT or sum > UNDO_ITEMS) do
    sum = sum - tonumber(string.match(table.remove(kept, 1), ':(%d+)$') or 0)
    call('LPOP', UNDO)
  end
  queue.undo = table.concat(kept, ',')
  call('HSET', QUEUE, 'undo', queue.undo)
end

-- Where an item is that waits at this index, as an undo names it.
local function anchor_at(index)
  return id_at(index + 1) or 'end'
end

local function set_mode(mode)
  queue.mode = mode
  call('HSET', QUEUE, 'mode', mode)
end

local function set_repeat(repeats)
  queue.repeats = repeats
  call('HSET', QUEUE, 'repeat', repeats)
end

local function set_current(id)
  queue.current = id
  if id then
    call('HSET', QUEUE, 'current', id)
  else
    call('HDEL', QUEUE, 'current')
  end
end

-- Raises the revision and tells everybody.
local function raise(channel, stream)
  if sums_are_broken then
    sum_up_all()
  end
  queue.revision = queue.revision + 1
  call('HSET', QUEUE, 'revision', number(queue.revision))
  call('PUBLISH', channel, stream)
end

local function position_of(id)
  if queue.current == id then
    return 0
  end
  local index = index_of(id)
  return index and index + first_waiting()
end
