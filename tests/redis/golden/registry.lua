-- The registry's keys as format 1 wrote them; never edited.
local function key(name) return 'streamcore:{registry}:' .. name end
local night, day = '-1001234567890', '7'
local at_night, at_day = '7fffff16e1c4ed2e:-1001234567890', '8000000000000007:7'
redis.call('SET', key('format'), '1')
redis.call('HSET', key('streams'),
  night, '1\n5c6f0000-0000-0000-0000-000000000001\n1795355340123\n"Ночь\\n\\"1\\""\n{"enabled":null,"timeout":{"secs":600,"nanos":0},"warnings":null,"only_when_queue_empty":null,"schedule":null}',
  day, '1\n5c6f0000-0000-0000-0000-000000000002\n18446744073709551615\n"Day"\n{"enabled":null,"timeout":null,"warnings":null,"only_when_queue_empty":null,"schedule":null}')
redis.call('ZADD', key('order'), 0, at_night, 0, at_day)
redis.call('ZADD', key('uuids'), 0, '5c6f0000-0000-0000-0000-000000000001:' .. at_night, 0, '5c6f0000-0000-0000-0000-000000000002:' .. at_day)
redis.call('HSET', key('snapshots'), night, '1\n00000000000000000003\nrunning\n{"session":3,"started_at":1795355340500,"paused":false,"playing":{"item":"00000000-0000-0000-0000-000000000005","position":{"secs":61,"nanos":999999999},"started":true},"tracks_played":0,"errors":0,"peak_listeners":0,"total_listeners":0,"empty_since":null,"timer":{"session":3,"deadline":1795355940500},"sources":[],"ended":null}')
redis.call('ZADD', key('running'), 0, at_night)
local of_session = '"started_at":1795355000000,"ended":{"at":1795355300000,"cause":{"cause":"manual","by":"anna"}},"peak_listeners":3,"total_listeners":18446744073709551615,"tracks_played":12,"errors":1}'
redis.call('ZADD', key('sessions:' .. night),
  0, '00000000000000000001\n1\n{"number":1,' .. of_session, 0, '00000000000000000002\n1\n{"number":2,' .. of_session)
