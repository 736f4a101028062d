-- The idempotency keys as format 1 wrote them; never edited. The first is done, the second claimed, the third abandoned.
local function key(name) return 'streamcore:{idempotency}:' .. name end
redis.call('SET', 'streamcore:{registry}:format', '1')
local request, origin = string.rep('01', 32), string.rep('02', 16)
local states = { 'done', 'claimed', 'abandoned' }
local moments = { '00000001795355390001', '00000001795355390000', '00000001795355390000' }
for n = 1, 3 do
  local scoped = '"anna"\n"POST /items"\n"' .. n .. '"'
  local ticket = '0000179535539000000' .. n
  local ended = n == 2 and ' c ' or ' e '
  redis.call('HSET', key('keys'), scoped, '1\n' .. ticket .. '\n' .. moments[n] .. '\n' .. states[n] .. '\n' .. request .. '\n' .. origin)
  redis.call('HSET', key('tickets'), ticket, scoped)
  redis.call('ZADD', key('order'), 0, moments[n] .. ' ' .. ticket)
  redis.call('ZADD', key('callers'), 0, '"anna"' .. ended .. moments[n] .. ' ' .. ticket)
end
redis.call('HSET', key('answers'), '"anna"\n"POST /items"\n"1"', '1\n201\n"application/json"\n3\n{\n\255')
redis.call('SET', key('last'), '1795355390000003')
