-- One edit: what all of them answer. The operations follow, each with its own arguments on top; `apply_end.lua` carries one out.
--
-- Arguments: channel and name of the stream; expected revision or ''; request or ''; the operation; what is its own.
-- Answers: 'ok', whether anything changed, the revision, how many are listed, what was undone or '', and of each item that was placed its id,
-- its position, and its record, or '' if that is the one that was sent; or the reason of a refusal with its details.
local channel, stream, expected, request, operation = argument(1), argument(2), argument(3), argument(4), argument(5)
local function given(n)
  return argument(5 + n)
end

local function answer(changed, placed, undone)
  local reply = { 'ok', changed and '1' or '0', number(queue.revision), number(total()), undone or '' }
  for _, value in ipairs(placed or {}) do
    reply[#reply + 1] = value
  end
  return reply, changed
end

local function changed(placed, undone)
  queue.revision = queue.revision + 1
  return answer(true, placed, undone)
end

local function waiting_index(id)
  if queue.current == id then
    return nil, { 'current_item', id }
  end
  local index = index_if_waiting(id)
  if not index then
    return nil, { 'not_found', id }
  end
  return index
end

local function with_records(ids)
  local list = {}
  for _, id in ipairs(ids) do
    list[#list + 1] = id
    list[#list + 1] = fields(id).record
  end
  return list
end

-- Where those of these are that are listed, with their records, unless they were sent.
local function placed_of(ids, sent)
  local placed = {}
  for _, id in ipairs(ids) do
    local position = position_of(id)
    if position then
      placed[#placed + 1] = id
      placed[#placed + 1] = number(position)
      placed[#placed + 1] = sent[id] and '' or fields(id).record
    end
  end
  return placed
end

local operations = {}
