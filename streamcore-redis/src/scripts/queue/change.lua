-- Removing, moving, clearing, and the settings.

-- Where an item is that waits at this index, as an undo names it.
local function anchor_at(index)
  return id_at(index + 1) or 'end'
end

-- The item.
function operations.remove()
  local id = given(1)
  local index, refused = waiting_index(id)
  if refused then
    return refused
  end
  local item, anchor = fields(id), anchor_at(index)
  take(id)
  drop_records({ id })
  remember('remove', { insert = { id, item.record }, anchor = anchor })
  return changed({ id, number(index + first_waiting()), item.record })
end

-- The item, and where to.
operations['move'] = function()
  local id, to = given(1), tonumber(given(2))
  local from, refused = waiting_index(id)
  if refused then
    return refused
  end
  if queue.current and to == 0 then
    return { 'current_item', queue.current }
  end
  local min, max = first_waiting(), total() - 1
  if to > max then
    return { 'out_of_range', number(min), number(max) }
  end
  local index, item = to - min, fields(id)
  local placed = { id, number(to), item.record }
  if index == from then
    return answer(false, placed)
  end
  local anchor = anchor_at(from)
  take(id)
  insert(index, id)
  remember('move', { move_back = id, anchor = anchor })
  return changed(placed)
end

local function set_cleared(list)
  call('UNLINK', CLEARED)
  in_pieces(list, 1000, function(piece)
    call('RPUSH', CLEARED, unpack(piece))
  end)
end

function operations.clear()
  local ids = all_waiting()
  if #ids == 0 then
    return answer(false)
  end
  local list = with_records(ids)
  drop_records(ids)
  put_all({})
  set_cleared(list)
  remember('clear', { insert = list, anchor = 'head' })
  return changed()
end

-- The mode.
function operations.set_mode()
  local before, mode = queue.mode, given(1)
  if before == mode then
    return answer(false)
  end
  queue.mode = mode
  remember('mode', { mode = before })
  return changed()
end

-- What is played again.
function operations.set_repeat()
  local before, repeats = queue.repeats, given(1)
  if before == repeats then
    return answer(false)
  end
  queue.repeats = repeats
  remember('repeat', { repeats = before })
  return changed()
end
