-- Taking edits back, and bringing back what was cleared.

-- Of a list of ids and records those that are not known, as ids; their records are looked at.
local function unknown_of(key, list)
  local ids, seen = {}, {}
  for n = 1, #list, 2 do
    if not knows(list[n]) and not seen[list[n]] then
      seen[list[n]] = true
      known[list[n]] = fields_of(key, list[n], list[n + 1])
      ids[#ids + 1] = list[n]
    end
  end
  return ids
end

-- Whether this is what an edit remembers, and not something else that can be unpacked.
local function is_undo(undo)
  if type(undo) ~= 'table' then
    return false
  end
  for _, name in ipairs({ 'remove', 'insert', 'order' }) do
    local list = undo[name] or {}
    if type(list) ~= 'table' then
      return false
    end
    for _, text in ipairs(list) do
      if type(text) ~= 'string' then
        return false
      end
    end
  end
  for _, name in ipairs({ 'move_back', 'anchor', 'mode', 'repeats' }) do
    if undo[name] ~= nil and type(undo[name]) ~= 'string' then
      return false
    end
  end
  return #(undo.insert or {}) % 2 == 0
    and (not undo.mode or undo.mode == 'fifo' or undo.mode == 'priority' or undo.mode == 'fair')
    and (not undo.repeats or undo.repeats == 'off' or undo.repeats == 'one' or undo.repeats == 'all')
end

-- Puts those of these items that wait in this order, at the places that they have among all.
local function put_in_order(order)
  local all, here, wanted, sorted = all_waiting(), {}, {}, {}
  for _, id in ipairs(all) do
    here[id] = true
  end
  for _, id in ipairs(order) do
    if here[id] and not wanted[id] then
      sorted[#sorted + 1] = id
      wanted[id] = true
    end
  end
  local n = 0
  for index, id in ipairs(all) do
    if wanted[id] then
      n = n + 1
      all[index] = sorted[n]
    end
  end
  if n > 0 then
    put_all(all)
  end
end

-- The last edit, unpacked.
local function last_undo(packed)
  if string.sub(packed, 1, 1) ~= '1' then
    corrupt(UNDO, 'its last entry was written by a newer version, run that')
  end
  local is_readable, undo = pcall(cmsgpack.unpack, string.sub(packed, 2))
  if not is_readable or not is_undo(undo) then
    corrupt(UNDO, 'its last entry cannot be read')
  end
  return undo
end

function operations.undo()
  local last = queue.undo[#queue.undo]
  if not last then
    return { 'nothing_to_undo' }
  end
  local undo, remove = last_undo(call('LINDEX', UNDO, -1)), {}
  for _, id in ipairs(undo.remove or {}) do
    if index_of(id) then
      remove[#remove + 1] = id
    end
  end
  look_at(remove)
  local gone = with_records(remove)
  for _, id in ipairs(remove) do
    take(id)
  end
  drop_records(remove)
  local back = unknown_of(UNDO, undo.insert or {})
  put_records(with_records(back))
  if undo.move_back and index_of(undo.move_back) then
    take(undo.move_back)
    back[#back + 1] = undo.move_back
  end
  local anchor = undo.anchor or 'head'
  insert_all(anchor == 'head' and 0 or anchor == 'end' and waiting() or index_of(anchor) or 0, back)
  if undo.order then
    put_in_order(undo.order)
  end
  -- From here on nothing can fail.
  call('RPOP', UNDO)
  table.remove(queue.undo)
  if last.kind == 'clear' then
    set_cleared({})
  elseif last.kind == 'restore' then
    set_cleared(gone)
  end
  queue.mode = undo.mode or queue.mode
  queue.repeats = undo.repeats or queue.repeats
  return changed({}, last.kind)
end

-- How many may be listed.
function operations.restore()
  local list = call('LRANGE', CLEARED, 0, -1)
  local ids = unknown_of(CLEARED, list)
  if #ids == 0 then
    return { 'nothing_to_restore' }
  end
  if total() + #ids > tonumber(given(1)) then
    return { 'limit_reached' }
  end
  put_records(with_records(ids))
  insert_all(0, ids)
  set_cleared({})
  remember('restore', { remove = ids })
  return changed()
end
