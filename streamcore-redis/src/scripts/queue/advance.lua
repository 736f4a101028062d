-- From one current item to the next.
--
-- Arguments: channel and name of the stream; the item that is finished or ''; the id of its repetition; the kind of its outcome (played, skipped,
-- interrupted, or another one), the outcome; when, in 20 digits; the item to take or ''.
-- Answers: the revision, whether anything changed, the current item or '', and its record.
local channel, stream, finished, again, kind, outcome, at, next_item =
  argument(1), argument(2), argument(3), argument(4), argument(5), argument(6), argument(7), argument(8)

local function answer(changed)
  local current = current_fields()
  return { number(queue.revision), changed and '1' or '0', queue.current or '', current and current.record or '' }, changed
end

if finished ~= (queue.current or '') or (not queue.current and waiting() == 0) or (next_item ~= '' and not index_if_waiting(next_item)) then
  return answer(false)
end

local leaving, left = queue.current, current_fields()

-- The entry that makes way for a new one: its number, item, and the member of HEARD that it may have.
local function oldest_entry()
  local seq = queue.last_seq + 1 - HISTORY_LIMIT
  if seq < 1 then
    return nil
  end
  local entry = call('HGET', HISTORY, number(seq))
  if not entry then
    corrupt(HISTORY, 'number ' .. number(seq) .. ' is missing')
  end
  local was_at, length, id, behind = string.match(entry, '^1|(%d+)|(%d+)|([^|]+)|()')
  if not id or #was_at ~= 20 or #length > 9 then
    corrupt(HISTORY, 'number ' .. number(seq) .. ' is no entry, or was written by a newer version')
  end
  local item = fields_of(HISTORY, id, string.sub(entry, behind + tonumber(length)))
  return { seq = number(seq), id = id, heard = item.url .. ':' .. was_at .. ':' .. number(seq) }
end

-- What did not play was no turn: its requester's next item takes the turn.
local function pass_the_turn_on(requester)
  local from, own = index_of_nth(requester, 0)
  local to = from and first_later_turn(turns_before_waiting(requester, nil), 0, nil)
  if from and to < from then
    take(own)
    insert(to, own)
  end
end

-- The id under which the item that left waits or plays again, if it does.
local function repetition()
  local is_repeated = (queue.repeats == 'one' and kind == 'played')
    or (queue.repeats == 'all' and not left.replays and (kind == 'played' or kind == 'skipped'))
  return is_repeated and not knows(again) and again or nil
end

-- Makes the item that left history, as the newest entry.
local function note_finished(oldest)
  if kind == 'played' then
    if had_turn(left.requester) or size[TURNS] >= HISTORY_LIMIT then
      call('DEL', TURNS)
    end
    call('SADD', TURNS, left.requester)
  end
  queue.last_seq = queue.last_seq + 1
  local seq = number(queue.last_seq)
  call('HSET', HISTORY, seq, '1|' .. at .. '|' .. #outcome .. '|' .. leaving .. '|' .. outcome .. left.record)
  call('HSET', PLAYED, leaving, seq)
  if kind == 'played' or kind == 'skipped' then
    call('ZADD', HEARD, 0, left.url .. ':' .. at .. ':' .. seq)
  end
  if oldest then
    call('HDEL', HISTORY, oldest.seq)
    call('HDEL', PLAYED, oldest.id)
    call('ZREM', HEARD, oldest.heard)
  end
end

local ends = left and kind ~= 'interrupted'
local oldest = ends and oldest_entry()
queue.current = nil
local repeated = nil
if ends then
  if queue.mode == 'fair' and kind ~= 'played' then
    pass_the_turn_on(left.requester)
  end
  repeated = repetition()
elseif left then
  -- Whoever made way waits again before the next one is taken: if none is named, it is its own successor.
  insert(0, leaving)
end
if repeated then
  known[repeated] = left
  put_records({ repeated, left.record })
end
if repeated and queue.repeats == 'one' then
  queue.current = repeated
else
  if repeated then
    insert(waiting(), repeated)
  end
  local taken = next_item ~= '' and next_item or id_at(0)
  if taken then
    take(taken)
    queue.current = taken
  end
end
if ends then
  drop_records({ leaving })
  note_finished(oldest)
end
queue.revision = queue.revision + 1
save(channel, stream, true)
return answer(true)
