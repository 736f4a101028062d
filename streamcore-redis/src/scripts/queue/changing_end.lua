end)
if is_done then
  return reply, is_changed
end
for n = #written, 1, -1 do
  redis.call(unpack(written[n]))
end
if type(reply) == 'table' and reply.err then
  return { err = reply.err }, false
end
-- What Redis itself refuses (no memory, a replica, no right) begins with a word in capitals; what Lua stumbled over, with a place in the script.
if string.match(tostring(reply), '^%u+ ') then
  return redis.error_reply(tostring(reply)), false
end
return redis.error_reply('CORRUPT keys of ' .. KEYS[first_key] .. ': they contradict each other (' .. tostring(reply) .. '); restore a backup'), false
