-- One edit.
--
-- Arguments: channel and name of the stream; expected revision or ''; request or ''; the operation; what is its own.
-- Answers: 'ok', whether anything changed, the revision, how many are listed, what was undone or '', and of each item that was placed its id,
-- its position, and its record, or '' if that is the one that was sent; or the reason of a refusal with its details.
local channel, stream, expected, request, operation = argument(1), argument(2), argument(3), argument(4), argument(5)
local function given(n)
  return argument(5 + n)
end

local function answer(changed, placed, undone)
  local reply = { 'ok', changed and '1' or '0', number(queue.revision), number(total()), undone or '' }
  for _, value in ipairs(placed or {}) do
    reply[#reply + 1] = value
  end
  return reply, changed
end

local function changed(placed, undone)
  raise(channel, stream)
  return answer(true, placed, undone)
end

local function waiting_index(id)
  if queue.current == id then
    return nil, { 'current_item', id }
  end
  local index = index_of(id)
  if not index then
    return nil, { 'not_found', id }
  end
  return index
end

local operations = {}

-- How many items, whether in front, how many may be listed, how many per requester or '', whether twice, whether there is a cooldown; then of
-- each item its id, its record, whether it is for nobody in particular, and what it was heard after if that is too late, or '', or 'any'.
function operations.add()
  local count, front, max_items = tonumber(given(1)), given(2) == '1', tonumber(given(3))
  local quota, unique, cooldown = tonumber(given(4)), given(5) == '1', given(6) == '1'
  local wanted, fresh, seen, sent = {}, {}, {}, {}
  for n = 1, count do
    local at = 6 + (n - 1) * 4
    local id, record = given(at + 1), given(at + 2)
    wanted[n] = id
    if not seen[id] and not knows(id) then
      seen[id] = true
      fresh[#fresh + 1] = { id = id, index = n - 1, item = fields_of(id, record), nobody = given(at + 3) == '1', after = given(at + 4) }
      sent[id] = true
    end
  end
  if #fresh > 0 and total() + #fresh > max_items then
    return { 'limit_reached' }
  end
  local current, of_batch, urls = current_fields(), {}, {}
  for _, one in ipairs(fresh) do
    local requester, url = one.item.requester, one.item.url
    if quota and not one.nobody then
      local listed = of_batch[requester]
      if not listed then
        listed = lane_length(requester) + (current and current.requester == requester and 1 or 0)
      end
      of_batch[requester] = listed + 1
      if listed + 1 > quota then
        return { 'quota_reached', one.index }
      end
    end
    if unique then
      local of = current and current.url == url and queue.current
      if not of then
        local member = call('ZRANGEBYLEX', URLS, '[' .. url .. ':', '(' .. url .. ';', 'LIMIT', 0, 1)[1]
        of = member and string.sub(member, 59) or urls[url]
      end
      if of then
        return { 'duplicate', one.index, of }
      end
      urls[url] = one.id
    end
    if cooldown then
      local heard = call('ZREVRANGEBYLEX', HEARD, '(' .. url .. ';', '[' .. url .. ':', 'LIMIT', 0, 1)[1]
      local at = heard and string.sub(heard, 42, 61)
      if at and (one.after == 'any' or at > one.after) then
        return { 'cooldown', one.index, at }
      end
    end
  end
  -- From here on it is written.
  local added = {}
  for n, one in ipairs(fresh) do
    known[one.id] = one.item
    added[n] = one.id
  end
  in_pieces(fresh, 500, function(piece)
    local pairs_of = {}
    for _, one in ipairs(piece) do
      pairs_of[#pairs_of + 1] = one.id
      pairs_of[#pairs_of + 1] = one.item.record
    end
    call('HSET', ITEMS, unpack(pairs_of))
  end)
  if front then
    insert_all(0, added)
  elseif queue.mode == 'fifo' then
    insert_all(waiting(), added)
  else
    for _, one in ipairs(fresh) do
      local index
      if queue.mode == 'fair' then
        index = turn_of(one.item.requester)
      else
        index = 0
        for _, tier in ipairs(({ v = { VIP }, a = { VIP, ADMIN }, n = {} })[one.item.tier]) do
          local last = call('ZRANGE', tier, -1, -1)[1]
          index = math.max(index, last and index_of(last) + 1 or 0)
        end
        if one.item.tier == 'n' then
          index = waiting()
        end
      end
      insert(index, one.id, one.item)
    end
  end
  local placed = {}
  for _, id in ipairs(wanted) do
    local position = position_of(id)
    if position then
      placed[#placed + 1] = id
      placed[#placed + 1] = number(position)
      placed[#placed + 1] = sent[id] and '' or fields(id).record
    end
  end
  if #added == 0 then
    return answer(false, placed)
  end
  remember('add', { remove = added })
  return changed(placed)
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
  call('HDEL', ITEMS, id)
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
  insert(index, id, item)
  remember('move', { move_back = id, anchor = anchor })
  return changed(placed)
end

local function with_records(ids)
  local list = {}
  for _, id in ipairs(ids) do
    list[#list + 1] = id
    list[#list + 1] = fields(id).record
  end
  return list
end

local function set_cleared(list)
  call('DEL', CLEARED)
  in_pieces(list, 1000, function(piece)
    call('RPUSH', CLEARED, unpack(piece))
  end)
end

local function forget_items(ids)
  in_pieces(ids, 1000, function(piece)
    call('HDEL', ITEMS, unpack(piece))
  end)
end

function operations.clear()
  local ids = all_waiting()
  if #ids == 0 then
    return answer(false)
  end
  local list = with_records(ids)
  put_all({})
  forget_items(ids)
  set_cleared(list)
  remember('clear', { insert = list, anchor = 'head' })
  return changed()
end

-- Puts what waits in another order; no change if it is in it, and nothing else changes.
local function reorder(kind, before, sorted, undo, or_else)
  local same = true
  for n, id in ipairs(before) do
    same = same and sorted[n] == id
  end
  if same and not or_else then
    return answer(false)
  end
  if not same then
    put_all(sorted)
    undo.order = before
  end
  remember(kind, undo)
  return changed()
end

-- SplitMix64 in four limbs of 16 bits, the lowest first: numbers in Lua are exact up to 2^53 only.
local function add64(a, b)
  local sum, carry = {}, 0
  for n = 1, 4 do
    local limb = a[n] + b[n] + carry
    sum[n], carry = limb % 65536, math.floor(limb / 65536)
  end
  return sum
end

-- All eight limbs of the product.
local function multiply(a, b)
  local product = { 0, 0, 0, 0, 0, 0, 0, 0 }
  for n = 1, 4 do
    local carry = 0
    for m = 1, 4 do
      local limb = product[n + m - 1] + a[n] * b[m] + carry
      product[n + m - 1], carry = limb % 65536, math.floor(limb / 65536)
    end
    product[n + 4] = product[n + 4] + carry
  end
  return product
end

-- z ^ (z >> bits)
local function fold(z, bits)
  local high = { z[1] + z[2] * 65536, z[3] + z[4] * 65536 }
  local shifted = {
    (math.floor(high[1] / 2 ^ bits) + high[2] * 2 ^ (32 - bits)) % 2 ^ 32,
    math.floor(high[2] / 2 ^ bits),
  }
  local folded = {}
  for n = 1, 2 do
    local xor = bit.bxor(high[n], shifted[n])
    xor = xor < 0 and xor + 2 ^ 32 or xor
    folded[2 * n - 1], folded[2 * n] = xor % 65536, math.floor(xor / 65536)
  end
  return folded
end

local GOLDEN = { 0x7c15, 0x7f4a, 0x79b9, 0x9e37 }
local FIRST = { 0xe5b9, 0x1ce4, 0x476d, 0xbf58 }
local SECOND = { 0x11eb, 0x1331, 0x49bb, 0x94d0 }

-- The seed in four limbs, the lowest first.
function operations.shuffle()
  local before, sorted = all_waiting(), {}
  for n, id in ipairs(before) do
    sorted[n] = id
  end
  local state = { tonumber(given(1)), tonumber(given(2)), tonumber(given(3)), tonumber(given(4)) }
  for last = #sorted, 2, -1 do
    state = add64(state, GOLDEN)
    local z = multiply(fold(state, 30), FIRST)
    z = multiply(fold(z, 27), SECOND)
    z = fold(z, 31)
    local high = multiply(z, { last % 65536, math.floor(last / 65536), 0, 0 })
    local other = high[5] + high[6] * 65536 + 1
    sorted[last], sorted[other] = sorted[other], sorted[last]
  end
  return reorder('shuffle', before, sorted, {})
end

-- The mode.
function operations.set_mode()
  local before, mode = queue.mode, given(1)
  if before == mode then
    return answer(false)
  end
  set_mode(mode)
  remember('mode', { mode = before })
  return changed()
end

-- The mode that it is believed to be in or '', and the new one.
function operations.migrate()
  local from, to = given(1), given(2)
  if from ~= '' and from ~= queue.mode then
    return { 'mode_mismatch', queue.mode }
  end
  local before, keyed = all_waiting(), {}
  local turns, current = {}, current_fields()
  for n, id in ipairs(before) do
    local item, key = fields(id), nil
    if to == 'fifo' then
      key = item.added
    elseif to == 'priority' then
      key = ({ v = 1, a = 2, n = 3 })[item.tier]
    else
      key = turns[item.requester] or turns_before_waiting(item.requester, current and current.requester)
      turns[item.requester] = key + 1
    end
    keyed[n] = { id = id, key = key, index = n }
  end
  table.sort(keyed, function(a, b)
    if a.key ~= b.key then
      return a.key < b.key
    end
    return a.index < b.index
  end)
  local sorted = {}
  for n, one in ipairs(keyed) do
    sorted[n] = one.id
  end
  local was = queue.mode
  if was ~= to then
    set_mode(to)
  end
  return reorder('migrate', before, sorted, { mode = was }, was ~= to)
end

-- What is played again.
function operations.set_repeat()
  local before, repeats = queue.repeats, given(1)
  if before == repeats then
    return answer(false)
  end
  set_repeat(repeats)
  remember('repeat', { repeats = before })
  return changed()
end

-- Of a list of ids and records those that are not known, as ids; their records are looked at.
local function unknown_of(list)
  local ids = {}
  for n = 1, #list, 2 do
    if not knows(list[n]) then
      known[list[n]] = fields_of(list[n], list[n + 1])
      ids[#ids + 1] = list[n]
    end
  end
  return ids
end

local function note_items(ids)
  in_pieces(ids, 500, function(piece)
    call('HSET', ITEMS, unpack(with_records(piece)))
  end)
end

function operations.undo()
  local kind = string.match(queue.undo, '([%l_]+):%d+$')
  local packed = call('LINDEX', UNDO, -1)
  if not kind or not packed then
    if kind or packed then
      corrupt(UNDO, 'it does not fit field undo of ' .. QUEUE)
    end
    return { 'nothing_to_undo' }
  end
  local readable, undo = pcall(cmsgpack.unpack, string.sub(packed, 2))
  if string.sub(packed, 1, 1) ~= '1' or not readable or type(undo) ~= 'table' then
    corrupt(UNDO, 'its last entry cannot be read, or was written by a newer version')
  end
  local remove, gone = {}, {}
  for _, id in ipairs(undo.remove or {}) do
    if index_of(id) then
      remove[#remove + 1] = id
      gone[#gone + 1] = id
      gone[#gone + 1] = fields(id).record
    end
  end
  local insert_back = undo.insert or {}
  local inserted = unknown_of(insert_back)
  local moved = undo.move_back and index_of(undo.move_back) and undo.move_back
  if moved then
    fields(moved)
  end
  if undo.order then
    all_waiting()
  end
  -- From here on it is written.
  call('RPOP', UNDO)
  queue.undo = string.match(queue.undo, '^(.*),[^,]*$') or ''
  call('HSET', QUEUE, 'undo', queue.undo)
  for _, id in ipairs(remove) do
    take(id)
  end
  forget_items(remove)
  if kind == 'clear' then
    set_cleared({})
  elseif kind == 'restore' then
    set_cleared(gone)
  end
  note_items(inserted)
  if moved then
    take(moved)
    inserted[#inserted + 1] = moved
  end
  local anchor = undo.anchor or 'head'
  insert_all(anchor == 'head' and 0 or anchor == 'end' and waiting() or index_of(anchor) or 0, inserted)
  if undo.order then
    local all, wanted = call('ZRANGE', ORDER, 0, -1), {}
    local here = {}
    for _, id in ipairs(all) do
      here[id] = true
    end
    local sorted = {}
    for _, id in ipairs(undo.order) do
      if here[id] then
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
  if undo.mode then
    set_mode(undo.mode)
  end
  if undo.repeats then
    set_repeat(undo.repeats)
  end
  return changed({}, kind)
end

-- How many may be listed.
function operations.restore()
  local list = call('LRANGE', CLEARED, 0, -1)
  local ids = unknown_of(list)
  if #ids == 0 then
    return { 'nothing_to_restore' }
  end
  if total() + #ids > tonumber(given(1)) then
    return { 'limit_reached' }
  end
  call('DEL', CLEARED)
  note_items(ids)
  insert_all(0, ids)
  remember('restore', { remove = ids })
  return changed()
end

-- A request that was made before: what it added is found where it is now.
if request ~= '' and call('ZSCORE', REQUESTS, request) then
  local placed = {}
  if operation == 'add' then
    for n = 1, tonumber(given(1)) do
      local id = given(6 + (n - 1) * 4 + 1)
      local position = position_of(id)
      if position then
        placed[#placed + 1] = id
        placed[#placed + 1] = number(position)
        placed[#placed + 1] = fields(id).record
      end
    end
  end
  return answer(false, placed)
end
if expected ~= '' and expected ~= number(queue.revision) then
  return { 'revision_mismatch', number(queue.revision) }
end
local reply, is_changed = operations[operation]()
if reply[1] == 'ok' and request ~= '' then
  queue.requests = queue.requests + 1
  call('HSET', QUEUE, 'requests', number(queue.requests))
  call('ZADD', REQUESTS, number(queue.requests), request)
  if call('ZCARD', REQUESTS) > REQUESTS_REMEMBERED then
    call('ZREMRANGEBYRANK', REQUESTS, 0, 0)
  end
  is_changed = true
end
return reply, is_changed
