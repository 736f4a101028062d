-- The library's keys as format 1 wrote them; never edited.
local function key(name) return 'streamcore:{library}:' .. name end
redis.call('SET', 'streamcore:{registry}:format', '1')
local one, two = '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002'
redis.call('HSET', key('tracks'),
  one, '1\n{"id":"' .. one .. '","title":"First  \\"Song\\"\\n","artist":"Ансамбль","url":"http://example.com/a%20b.mp3","source":"stream","duration":{"secs":183,"nanos":500000001},"metadata":{"a":[1.5,null],"album":"Ёлка"},"added_by":"anna","added_at":1795355340123}',
  two, '1\n{"id":"' .. two .. '","title":"Second","artist":null,"url":"2.mp3","source":"file","duration":null,"metadata":{},"added_by":null,"added_at":18446744073709551615}')
redis.call('ZADD', key('urls'),
  0, '"http://example.com/a%20b.mp3" 00000001795355340123 ' .. one,
  0, '"2.mp3" 18446744073709551615 ' .. two)
redis.call('XADD', key('log'), '1795355340123-0', 'ids', one .. ' ' .. two)
