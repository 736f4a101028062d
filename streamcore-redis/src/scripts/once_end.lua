end)()
if changed then
  redis.call('HSET', KEYS[1], ARGV[1], cmsgpack.pack(reply))
  redis.call('PEXPIRE', KEYS[1], 60000)
end
return reply
