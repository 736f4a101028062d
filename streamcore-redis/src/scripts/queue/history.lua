-- A page of the history, newest first.
--
-- Arguments: the number before which it begins or '', how many to return at the most.
-- Answers: how many are kept, whether there are more, then numbers and entries.
local before, limit = tonumber(argument(1)), tonumber(argument(2))
local newest = math.min(before and before - 1 or queue.last_seq, queue.last_seq)
local oldest = math.max(queue.last_seq - HISTORY_LIMIT + 1, 1)
local reply, seqs = { number(size[HISTORY]), '0' }, {}
for seq = newest, math.max(newest - math.min(limit, HISTORY_LIMIT) + 1, oldest), -1 do
  seqs[#seqs + 1] = number(seq)
end
if #seqs == 0 then
  return reply
end
if newest - #seqs >= oldest then
  reply[2] = '1'
end
for n, entry in ipairs(call('HMGET', HISTORY, unpack(seqs))) do
  if not entry then
    corrupt(HISTORY, 'number ' .. seqs[n] .. ' is missing')
  end
  reply[#reply + 1] = seqs[n]
  reply[#reply + 1] = entry
end
return reply
