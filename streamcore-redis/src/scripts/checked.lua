-- What refuses to go on where something else is stored than belongs there. Called before the first write.
local function corrupt(key, problem)
  error(redis.error_reply('CORRUPT key ' .. key .. problem))
end

local function holds(kind, ...)
  for _, key in ipairs({ ... }) do
    local found = redis.call('TYPE', key).ok
    if found ~= 'none' and found ~= kind then
      corrupt(key, ': a ' .. found .. ' is where a ' .. kind .. ' belongs; move it away (RENAME), or delete it')
    end
  end
end

-- A value begins with the version of its form, on a line of its own.
local function known_version(key, field, value)
  local version = value:match('^(%d+)\n')
  if version and version ~= '1' then
    corrupt(key, ', field ' .. field .. ': it has version ' .. version .. ', and was written by a newer version of this program; run that one')
  end
end
