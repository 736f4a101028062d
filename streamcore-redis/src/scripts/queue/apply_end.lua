-- A request that was made before changes nothing, whatever revision it expects: what it added is found where it is now.
if request ~= '' and call('ZSCORE', REQUESTS, request) then
  local ids = {}
  for n = 1, operation == 'add' and tonumber(given(1)) or 0 do
    ids[n] = given(6 + (n - 1) * 4 + 1)
  end
  return answer(false, placed_of(ids, {}))
end
if expected ~= '' and expected ~= number(queue.revision) then
  return { 'revision_mismatch', number(queue.revision) }
end
local reply_of_edit, raised = operations[operation]()
local is_named = reply_of_edit[1] == 'ok' and request ~= ''
if is_named then
  queue.requests = queue.requests + 1
  call('ZADD', REQUESTS, number(queue.requests), request)
  if queue.requests > REQUESTS_REMEMBERED then
    call('ZREMRANGEBYRANK', REQUESTS, 0, 0)
  end
end
if raised or is_named then
  save(channel, stream, raised)
end
return reply_of_edit, raised or is_named
