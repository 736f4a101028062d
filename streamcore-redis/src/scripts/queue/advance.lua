-- From one current item to the next.
--
-- Arguments: channel and name of the stream; the item that is finished or ''; the id of its repetition; the kind of its outcome (played, skipped,
-- interrupted, or another one), the outcome; when, in 20 digits; the item to take or ''.
-- Answers: the revision, whether anything changed, the current item or '', and its record.
local channel, stream, finished, again, kind, outcome, at, next_item =
  argument(1), argument(2), argument(3), argument(4), argument(5), argument(6), argument(7), argument(8)
local HISTORY_LIMIT = 1000

local function answer(changed)
  local current = current_fields()
  return { number(queue.revision), changed and '1' or '0', queue.current or '', current and current.record or '' }, changed
end

if finished ~= (queue.current or '') or (not queue.current and waiting() == 0) or (next_item ~= '' and not index_of(next_item)) then
  return answer(false)
end

-- All that may be written about is looked at first.
local leaving, left = queue.current, current_fields()
local head = next_item ~= '' and next_item or id_at(0)
if head then
  fields(head)
end
if left then
  local _, own = index_of_nth(left.requester, 0)
  if own then
    fields(own)
  end
end

-- Makes an item history; answers with the id under which it waits or plays again, if it does.
local function finish(id, item)
  if kind == 'played' then
    if had_turn(item.requester) or call('SCARD', TURNS) >= HISTORY_LIMIT then
      call('DEL', TURNS)
    end
    call('SADD', TURNS, item.requester)
  elseif queue.mode == 'fair' then
    -- It was no turn: its requester's next item takes the turn.
    local from, own = index_of_nth(item.requester, 0)
    if from then
      local to = first_later_turn(turns_before_waiting(item.requester, nil), 0, nil)
      if to < from then
        local moved = fields(own)
        take(own)
        insert(to, own, moved)
      end
    end
  end
  local repeated = nil
  if queue.repeats == 'all' and item.replays then
    repeated = nil
  elseif (queue.repeats == 'one' and kind == 'played') or (queue.repeats == 'all' and (kind == 'played' or kind == 'skipped')) then
    repeated = again
  end
  if repeated and knows(repeated) then
    repeated = nil
  end
  queue.last_seq = queue.last_seq + 1
  local seq = number(queue.last_seq)
  call('HSET', QUEUE, 'last_seq', seq)
  call('HSET', HISTORY, seq, string.format('1|%s|%d|%s|%s%s', at, #outcome, id, outcome, item.record))
  call('HSET', PLAYED, id, seq)
  if kind == 'played' or kind == 'skipped' then
    call('ZADD', HEARD, 0, item.url .. ':' .. at .. ':' .. seq)
  end
  local oldest = number(queue.last_seq - HISTORY_LIMIT)
  local entry = call('HGET', HISTORY, oldest)
  if entry then
    call('HDEL', HISTORY, oldest)
    local was_at, length, was = string.match(entry, '^1|(%d+)|(%d+)|([^|]+)|')
    if was then
      if call('HGET', PLAYED, was) == oldest then
        call('HDEL', PLAYED, was)
      end
      local record = string.sub(entry, 6 + #was_at + #length + #was + tonumber(length))
      local url = string.match(record, '^1|[van]|[01]|%d+|%d+|%d+|[01]|%d+|%x+|(%x+)|')
      if url then
        call('ZREM', HEARD, url .. ':' .. was_at .. ':' .. oldest)
      end
    end
  end
  call('HDEL', ITEMS, id)
  return repeated
end

set_current(nil)
local repeated = nil
if left and kind == 'interrupted' then
  -- Whoever made way waits again before the next one is taken: if none is named, it is its own successor.
  insert(0, leaving, left)
elseif left then
  repeated = finish(leaving, left)
end
if repeated then
  known[repeated] = left
  call('HSET', ITEMS, repeated, left.record)
end
if repeated and queue.repeats == 'one' then
  set_current(repeated)
else
  if repeated then
    insert(waiting(), repeated, left)
  end
  local taken = next_item ~= '' and next_item or id_at(0)
  if taken then
    take(taken)
    set_current(taken)
  end
end
raise(channel, stream)
return answer(true)
