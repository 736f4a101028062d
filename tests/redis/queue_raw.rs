//! The keys of a queue, past the store: read as a whole, kept and brought back, and their places set.

use streamcore::StreamId;

use crate::support::OnRedis;

/// The names of a queue's keys.
pub(crate) const NAMES: [&str; 15] = [
    "queue", "items", "order", "lanes", "urls", "vip", "admin", "sums", "history", "played", "heard", "requests",
    "turns", "undo", "cleared",
];

/// Everything that the keys of a queue hold, in an order of its own: the same for the same contents.
const CONTENTS: &str = r"
local found = {}
for _, name in ipairs(ARGV) do
  local key = KEYS[1] .. name
  local kind = redis.call('TYPE', key).ok
  local values = {}
  if kind == 'hash' then
    local all = redis.call('HGETALL', key)
    for n = 1, #all, 2 do values[#values + 1] = all[n] .. '=' .. all[n + 1] end
    table.sort(values)
  elseif kind == 'zset' then
    values = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  elseif kind == 'set' then
    values = redis.call('SMEMBERS', key)
    table.sort(values)
  elseif kind == 'list' then
    values = redis.call('LRANGE', key, 0, -1)
  elseif kind == 'string' then
    values = { redis.call('GET', key) }
  end
  found[#found + 1] = name .. ' ' .. kind .. ' ' .. redis.sha1hex(table.concat(values, '\n'))
end
return table.concat(found, ';')";

/// Copies the keys that begin with one prefix to those that begin with another one.
const COPY: &str = r"
for _, name in ipairs(ARGV) do
  redis.call('DEL', KEYS[2] .. name)
  redis.call('COPY', KEYS[1] .. name, KEYS[2] .. name, 'REPLACE')
end";

/// Gives what waits these places, in everything that says so. Written anew here from the description of the keys.
const PLACE: &str = r"
local function key(name) return KEYS[1] .. name end
local ids = redis.call('ZRANGE', key('order'), 0, -1)
for _, name in ipairs({ 'order', 'lanes', 'urls', 'vip', 'admin', 'sums' }) do redis.call('DEL', key(name)) end
local sums = {}
for n, id in ipairs(ids) do
  local place = tonumber(ARGV[n])
  local tier, hi, lo, nanos, unknown, requester, url = string.match(
    redis.call('HGET', key('items'), id), '^1|%x+|([van])|[01]|(%d+)|(%d+)|(%d+)|([01])|%d+|(%x+)|(%x+)|')
  local member = string.format('%016.0f', place + 2 ^ 52) .. ':' .. id
  local score = string.format('%.0f', place)
  redis.call('ZADD', key('order'), score, id)
  redis.call('ZADD', key('lanes'), 0, requester .. ':' .. member)
  redis.call('ZADD', key('urls'), 0, url .. ':' .. member)
  if tier ~= 'n' then redis.call('ZADD', key(tier == 'v' and 'vip' or 'admin'), score, id) end
  for name, width in pairs({ a = 2 ^ 24, b = 2 ^ 30, c = 2 ^ 36, d = 2 ^ 42 }) do
    local field = name .. string.format('%.0f', math.floor(place / width))
    local sum = sums[field] or { 0, 0, 0, 0, 0 }
    sums[field] = sum
    for i, by in ipairs({ 1, unknown, unknown == '1' and 0 or hi, unknown == '1' and 0 or lo, unknown == '1' and 0 or nanos }) do
      sum[i] = sum[i] + tonumber(by)
    end
  end
end
local count = 0
for field, sum in pairs(sums) do
  count = count + 1
  redis.call('HSET', key('sums'), field, string.format('%.0f %.0f %.0f %.0f %.0f', unpack(sum)))
end
local sizes = redis.call('HGET', key('queue'), 'sizes')
redis.call('HSET', key('queue'), 'sizes', (string.gsub(sizes, '^(%d+ %d+) %d+', '%1 ' .. count)))
return #ids";

impl OnRedis {
    /// What the keys of this queue begin with.
    pub(crate) fn keys_of(&self, stream: StreamId) -> String {
        format!("{}:{{{stream}}}:", self.prefix())
    }

    /// Runs a script of ours with these keys and arguments.
    pub(crate) fn eval(&self, script: &str, keys: &[&str], args: &[&str]) -> String {
        let count = keys.len().to_string();
        let answer = self.ask(&[&["EVAL", script, &count], keys, args].concat());
        assert!(!answer.starts_with('-'), "{answer}");
        answer
    }

    /// Digests of all that the keys of a queue hold.
    pub(crate) fn contents(&self, stream: StreamId) -> String {
        self.eval(CONTENTS, &[&self.keys_of(stream)], &NAMES)
    }

    /// Keeps a queue as it is, for [`bring_back`](Self::bring_back).
    pub(crate) fn keep(&self, stream: StreamId) {
        let from = self.keys_of(stream);
        self.eval(COPY, &[&from, &format!("kept:{from}")], &NAMES);
    }

    pub(crate) fn bring_back(&self, stream: StreamId) {
        let to = self.keys_of(stream);
        self.eval(COPY, &[&format!("kept:{to}"), &to], &NAMES);
    }

    /// Gives what waits these places.
    pub(crate) fn place(&self, stream: StreamId, places: &[i64]) {
        let places: Vec<String> = places.iter().map(i64::to_string).collect();
        let places: Vec<&str> = places.iter().map(String::as_str).collect();
        assert_eq!(self.eval(PLACE, &[&self.keys_of(stream)], &places), format!(":{}\r\n", places.len()));
    }
}
