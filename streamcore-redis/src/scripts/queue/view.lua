-- A page of the list, the current item first.
--
-- Arguments: how many to leave out, how many to return at the most.
-- Answers: revision, mode, repeat, what undo would take back or '', how many could be restored, how many are listed; high and low half of the
-- seconds, nanoseconds and number of unknown lengths of what waits ahead of the page; the current item or '', its record; then ids and records.
local offset, limit = tonumber(argument(1)), tonumber(argument(2))
local first = math.max(offset - first_waiting(), 0)
local ahead = playtime_before(math.min(first, waiting()))
local current, last_edit = current_fields(), queue.undo[#queue.undo]
local reply = {
  number(queue.revision), queue.mode, queue.repeats, last_edit and last_edit.kind or '', number(size[CLEARED] / 2),
  number(total()), number(ahead[3]), number(ahead[4]), number(ahead[5]), number(ahead[2]), queue.current or '', current and current.record or '',
}
if current and offset == 0 and limit > 0 then
  reply[#reply + 1] = queue.current
  reply[#reply + 1] = current.record
  limit = limit - 1
end
if limit > 0 then
  local ids = call('ZRANGE', ORDER, number(first), number(first + limit - 1))
  for n, record in ipairs(records(ids)) do
    reply[#reply + 1] = ids[n]
    reply[#reply + 1] = record
  end
end
return reply
