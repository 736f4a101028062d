-- A page of the history, newest first.
--
-- Arguments: the number before which it begins or '', how many to return at the most.
-- Answers: how many are kept, whether there are more, then numbers and entries.
local before, limit = tonumber(argument(1)), tonumber(argument(2))
local newest = math.min(before and before - 1 or queue.last_seq, queue.last_seq)
local reply, seqs = { number(call('HLEN', HISTORY)), '0' }, {}
for seq = newest, math.max(newest - math.min(limit, 1000), 1), -1 do
  seqs[#seqs + 1] = number(seq)
end
if #seqs == 0 then
  return reply
end
local count = 0
for n, entry in ipairs(call('HMGET', HISTORY, unpack(seqs))) do
  if entry then
    if count == limit then
      reply[2] = '1'
      break
    end
    count = count + 1
    reply[#reply + 1] = seqs[n]
    reply[#reply + 1] = entry
  end
end
return reply
