-- Shuffling, and migrating to another mode.

-- Puts what waits in another order; no change if it is in it, and nothing else changes.
local function reorder(kind, before, sorted, undo, or_else)
  local same = true
  for n, id in ipairs(before) do
    same = same and sorted[n] == id
  end
  if same and not or_else then
    return answer(false)
  end
  if not same then
    put_all(sorted)
    undo.order = before
  end
  remember(kind, undo)
  return changed()
end

-- SplitMix64 in four limbs of 16 bits, the lowest first: numbers in Lua are exact up to 2^53 only.
local function add64(a, b)
  local sum, carry = {}, 0
  for n = 1, 4 do
    local limb = a[n] + b[n] + carry
    sum[n], carry = limb % 65536, math.floor(limb / 65536)
  end
  return sum
end

-- All eight limbs of the product.
local function multiply(a, b)
  local product = { 0, 0, 0, 0, 0, 0, 0, 0 }
  for n = 1, 4 do
    local carry = 0
    for m = 1, 4 do
      local limb = product[n + m - 1] + a[n] * b[m] + carry
      product[n + m - 1], carry = limb % 65536, math.floor(limb / 65536)
    end
    product[n + 4] = product[n + 4] + carry
  end
  return product
end

-- z ^ (z >> bits)
local function fold(z, bits)
  local high = { z[1] + z[2] * 65536, z[3] + z[4] * 65536 }
  local shifted = {
    (math.floor(high[1] / 2 ^ bits) + high[2] * 2 ^ (32 - bits)) % 2 ^ 32,
    math.floor(high[2] / 2 ^ bits),
  }
  local folded = {}
  for n = 1, 2 do
    local xor = bit.bxor(high[n], shifted[n])
    xor = xor < 0 and xor + 2 ^ 32 or xor
    folded[2 * n - 1], folded[2 * n] = xor % 65536, math.floor(xor / 65536)
  end
  return folded
end

local GOLDEN = { 0x7c15, 0x7f4a, 0x79b9, 0x9e37 }
local FIRST = { 0xe5b9, 0x1ce4, 0x476d, 0xbf58 }
local SECOND = { 0x11eb, 0x1331, 0x49bb, 0x94d0 }

-- The seed in four limbs, the lowest first.
function operations.shuffle()
  local before, sorted = all_waiting(), {}
  for n, id in ipairs(before) do
    sorted[n] = id
  end
  local state = { tonumber(given(1)), tonumber(given(2)), tonumber(given(3)), tonumber(given(4)) }
  for last = #sorted, 2, -1 do
    state = add64(state, GOLDEN)
    local z = multiply(fold(state, 30), FIRST)
    z = multiply(fold(z, 27), SECOND)
    z = fold(z, 31)
    local high = multiply(z, { last % 65536, math.floor(last / 65536), 0, 0 })
    local other = high[5] + high[6] * 65536 + 1
    sorted[last], sorted[other] = sorted[other], sorted[last]
  end
  return reorder('shuffle', before, sorted, {})
end

-- The mode that it is believed to be in or '', and the new one.
function operations.migrate()
  local from, to = given(1), given(2)
  if from ~= '' and from ~= queue.mode then
    return { 'mode_mismatch', queue.mode }
  end
  local before, keyed = all_waiting(), {}
  local turns, current = {}, current_fields()
  for n, id in ipairs(before) do
    local item, key = fields(id), nil
    if to == 'fifo' then
      key = item.added
    elseif to == 'priority' then
      key = ({ v = 1, a = 2, n = 3 })[item.tier]
    else
      key = turns[item.requester] or turns_before_waiting(item.requester, current and current.requester)
      turns[item.requester] = key + 1
    end
    keyed[n] = { id = id, key = key, index = n }
  end
  table.sort(keyed, function(a, b)
    if a.key ~= b.key then
      return a.key < b.key
    end
    return a.index < b.index
  end)
  local sorted = {}
  for n, one in ipairs(keyed) do
    sorted[n] = one.id
  end
  local was = queue.mode
  if was ~= to then
    queue.mode = to
  end
  return reorder('migrate', before, sorted, { mode = was }, was ~= to)
end
