-- The end of everything that changes a queue: what can be taken back, the queue's own fields, and the word to everybody. Nothing here can fail.

local UNDO_LIMIT, UNDO_ITEMS = 20, 10000

-- Remembers how to take an edit back: a table of `remove`, `move_back`, `insert`, `anchor`, `order`, `mode`, `repeats`, and forgets the oldest
-- beyond the bounds.
local function remember(kind, undo)
  local weight = #(undo.remove or {}) + #(undo.insert or {}) / 2 + #(undo.order or {})
  call('RPUSH', UNDO, '1' .. cmsgpack.pack(undo))
  local kept, sum = queue.undo, 0
  kept[#kept + 1] = { kind = kind, weight = weight }
  for _, entry in ipairs(kept) do
    sum = sum + entry.weight
  end
  while #kept > 1 and (#kept > UNDO_LIMIT or sum > UNDO_ITEMS) do
    sum = sum - table.remove(kept, 1).weight
    call('LPOP', UNDO)
  end
end

-- Writes the queue's own fields; if its revision was raised, tells everybody.
local function save(channel, stream, raised)
  local undo = {}
  for n, entry in ipairs(queue.undo) do
    undo[n] = entry.kind .. ':' .. number(entry.weight)
  end
  local sizes = {}
  for n, counted in ipairs(COUNTED) do
    sizes[n] = number(call(counted[2], counted[1]))
  end
  call(
    'HSET', QUEUE, 'format', '1', 'revision', number(queue.revision), 'mode', queue.mode, 'repeat', queue.repeats,
    'last_seq', number(queue.last_seq), 'requests', number(queue.requests), 'undo', table.concat(undo, ','), 'sizes', table.concat(sizes, ' ')
  )
  if queue.current then
    call('HSET', QUEUE, 'current', queue.current)
  else
    call('HDEL', QUEUE, 'current')
  end
  if raised then
    -- A hint is only a hint: who may not publish may still edit.
    redis.pcall('PUBLISH', channel, stream)
  end
end
