-- Adding: the rules, and the place.

-- The index behind the last item of this tier or a higher one.
local function end_of_tier(tier)
  if tier == 'n' then
    return waiting()
  end
  local behind = 0
  for _, key in ipairs(tier == 'v' and { VIP } or { VIP, ADMIN }) do
    local last = call('ZRANGE', key, -1, -1)[1]
    if last then
      behind = math.max(behind, (index_of(last) or corrupt(key, 'it lists item ' .. last .. ', which does not wait')) + 1)
    end
  end
  return behind
end

-- How many items, whether in front, how many may be listed, how many per requester or '', whether twice, whether there is a cooldown; then of
-- each item its id, its record, whether it is for nobody in particular, and what it was heard after if that is too late, or '', or 'any'.
function operations.add()
  local count, front, max_items = tonumber(given(1)), given(2) == '1', tonumber(given(3))
  local quota, unique, cooldown = tonumber(given(4)), given(5) == '1', given(6) == '1'
  local wanted, fresh, seen, sent = {}, {}, {}, {}
  for n = 1, count do
    local at = 6 + (n - 1) * 4
    local id, record = given(at + 1), given(at + 2)
    wanted[n] = id
    if not seen[id] and not knows(id) then
      seen[id] = true
      fresh[#fresh + 1] = { id = id, index = n - 1, item = fields_of(ITEMS, id, record), nobody = given(at + 3) == '1', after = given(at + 4) }
      sent[id] = true
    end
  end
  if #fresh > 0 and total() + #fresh > max_items then
    return { 'limit_reached' }
  end
  local current, of_batch, urls = current_fields(), {}, {}
  for _, one in ipairs(fresh) do
    local requester, url = one.item.requester, one.item.url
    if quota and not one.nobody then
      local listed = of_batch[requester]
      if not listed then
        listed = lane_length(requester) + (current and current.requester == requester and 1 or 0)
      end
      of_batch[requester] = listed + 1
      if listed + 1 > quota then
        return { 'quota_reached', one.index }
      end
    end
    if unique then
      local of = current and current.url == url and queue.current
      if not of then
        local member = call('ZRANGEBYLEX', URLS, '[' .. url .. ':', '(' .. url .. ';', 'LIMIT', 0, 1)[1]
        of = member and string.sub(member, 59) or urls[url]
      end
      if of then
        return { 'duplicate', one.index, of }
      end
      urls[url] = one.id
    end
    if cooldown then
      local heard = call('ZREVRANGEBYLEX', HEARD, '(' .. url .. ';', '[' .. url .. ':', 'LIMIT', 0, 1)[1]
      local at = heard and string.sub(heard, 42, 61)
      if at and (one.after == 'any' or at > one.after) then
        return { 'cooldown', one.index, at }
      end
    end
  end
  local added, list = {}, {}
  for n, one in ipairs(fresh) do
    known[one.id] = one.item
    added[n] = one.id
    list[#list + 1], list[#list + 2] = one.id, one.item.record
  end
  put_records(list)
  if front then
    insert_all(0, added)
  elseif queue.mode == 'fifo' then
    insert_all(waiting(), added)
  else
    for _, one in ipairs(fresh) do
      insert(queue.mode == 'fair' and turn_of(one.item.requester) or end_of_tier(one.item.tier), one.id)
    end
  end
  local placed = placed_of(wanted, sent)
  if #added == 0 then
    return answer(false, placed)
  end
  remember('add', { remove = added })
  return changed(placed)
end
