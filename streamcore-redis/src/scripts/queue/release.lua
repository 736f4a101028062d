-- Puts the current item back, ahead of all that wait.
--
-- Arguments: channel and name of the stream; the item. Answers: the revision, whether anything changed.
local channel, stream, id = argument(1), argument(2), argument(3)
if queue.current ~= id then
  return { number(queue.revision), '0' }, false
end
fields(id)
queue.current = nil
insert(0, id)
queue.revision = queue.revision + 1
save(channel, stream, true)
return { number(queue.revision), '1' }, true
