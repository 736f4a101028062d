//! What a queue's keys hold as of format 1 is read for ever, and is what is written.
//!
//! `golden/queue_v1.txt` has one command a line, its words apart by spaces, bytes that are no printable ASCII and `%` as `%XX`; keys are named
//! without what they begin with. It is never changed: a new format gets a new file beside it.

use streamcore::{
    FailureKind, FailureReason, ItemId, Outcome, QueueItem, RequestId, StreamId, Timestamp,
    queue::{Advance, Change, Finished, Mode, Op, Page, Placement, Queue, QueueModel, Repeat, Rules, Tier},
    testing::{item, item_id, strategies::Call},
};
use streamcore_redis::RedisStore;

use crate::{
    queue_raw::NAMES,
    support::{OnRedis, block_on},
};

const STREAM: StreamId = StreamId::new(-1_001_234_567_890);
const GOLDEN: &str = include_str!("golden/queue_v1.txt");

/// Writes the keys of a queue as commands.
const AS_COMMANDS: &str = r"
local function text(value)
  return (string.gsub(value, '[^%w%p]', function(c) return string.format('%%%02X', string.byte(c)) end))
end
local lines = {}
for _, name in ipairs(ARGV) do
  local key, values = KEYS[1] .. name, {}
  local kind = redis.call('TYPE', key).ok
  local command = ({ hash = 'HSET', zset = 'ZADD', set = 'SADD', list = 'RPUSH' })[kind]
  if kind == 'hash' then
    local all, fields = redis.call('HGETALL', key), {}
    for n = 1, #all, 2 do fields[#fields + 1] = all[n] end
    table.sort(fields)
    for n, field in ipairs(fields) do values[n] = { field, redis.call('HGET', key, field) } end
  elseif kind == 'zset' then
    local all = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
    for n = 1, #all, 2 do values[#values + 1] = { all[n + 1], all[n] } end
  elseif kind == 'set' then
    local all = redis.call('SMEMBERS', key)
    table.sort(all)
    for n, value in ipairs(all) do values[n] = { value } end
  elseif kind == 'list' then
    for n, value in ipairs(redis.call('LRANGE', key, 0, -1)) do values[n] = { value } end
  end
  for _, words in ipairs(values) do
    for n, word in ipairs(words) do words[n] = text((string.gsub(word, '%%', '%%%%25'))) end
    lines[#lines + 1] = command .. ' ' .. name .. ' ' .. string.gsub(table.concat(words, ' '), '%%%%25', '%%25')
  end
end
return table.concat(lines, '\n') .. '\n'";

const CARRY_OUT: &str = r"
local words = {}
for word in string.gmatch(ARGV[1], '%S+') do
  words[#words + 1] = (string.gsub(word, '%%(%x%x)', function(hex) return string.char(tonumber(hex, 16)) end))
end
words[2] = KEYS[1] .. words[2]
redis.call(unpack(words))";

fn load(redis: &OnRedis) {
    for name in NAMES {
        let _ = redis.ask(&["DEL", &format!("{}{name}", redis.keys_of(STREAM))]);
    }
    for line in GOLDEN.lines() {
        redis.eval(CARRY_OUT, &[&redis.keys_of(STREAM)], &[line]);
    }
}

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn ended(n: u64, outcome: Outcome) -> Call {
    let finished = Some(Finished { item: item_id(n), outcome });
    Call::Advance(Advance { finished, next: None, at: at(1_795_355_340_123 + n) })
}

fn edit(op: Op) -> Call {
    Call::Apply(op.into())
}

fn add(items: Vec<QueueItem>) -> Op {
    Op::Add { items, placement: Placement::Back, rules: Rules::at_most(100) }
}

/// What made the queue of the file: something in every key, and every form of every field.
fn history_of_the_file() -> Vec<Call> {
    let nobody = |n| QueueItem { requested_by: None, added_by: None, duration: None, tier: Tier::Normal, ..item(n) };
    let user = |n| QueueItem { requested_by: None, tier: Tier::Vip, replays: Some(n), ..item(n) };
    let failed = Outcome::Failed(FailureReason::new(FailureKind::Broken, "frame 7: «сломан» 100%\n"));
    let named = |op, n| Call::Apply(Change { op, expected: None, request: Some(RequestId::new(item_id(n).get())) });
    vec![
        edit(add(vec![item(1), nobody(2), user(3), item(4)])),
        Call::Advance(Advance { finished: None, next: None, at: at(5) }),
        ended(1, Outcome::Played),
        ended(2, Outcome::Skipped),
        ended(3, failed),
        named(add((5..=9).map(|n| if n % 2 == 0 { nobody(n) } else { item(n) }).collect()), 1),
        edit(Op::Clear),
        edit(Op::SetMode { mode: Mode::Fair }),
        edit(Op::SetRepeat { repeat: Repeat::All }),
        named(add((10..=16).map(|n| [item, nobody, user][n as usize % 3](n)).collect()), 2),
        edit(Op::Move { id: item_id(12), to: 1 }),
        edit(Op::Remove { id: item_id(14) }),
        edit(Op::Shuffle { seed: 7 }),
    ]
}

/// Every call, each on the queue of the file.
fn calls() -> Vec<Call> {
    let ids = |ids: &[u64]| ids.iter().map(|n| item_id(*n)).collect::<Vec<ItemId>>();
    let mut calls = vec![
        edit(add(vec![item(20), item(1), item(10)])),
        edit(Op::Add { items: vec![item(20), item(21)], placement: Placement::Front, rules: Rules::at_most(100) }),
        Call::Apply(Change {
            op: add(vec![item(10)]),
            expected: None,
            request: Some(RequestId::new(item_id(2).get())),
        }),
        edit(Op::Remove { id: item_id(11) }),
        edit(Op::Move { id: item_id(11), to: 1 }),
        edit(Op::Clear),
        edit(Op::Shuffle { seed: u64::MAX }),
        edit(Op::SetMode { mode: Mode::Priority }),
        edit(Op::SetRepeat { repeat: Repeat::One }),
        edit(Op::Undo),
        edit(Op::Restore { max_items: 100 }),
        Call::Release(item_id(4)),
        Call::Purge,
        ended(4, Outcome::Interrupted),
        ended(4, Outcome::Played),
    ];
    calls.extend(Mode::ALL.iter().map(|to| edit(Op::Migrate { from: None, to: *to })));
    calls.extend(ids(&[10, 16]).into_iter().map(|next| {
        let finished = Some(Finished { item: item_id(4), outcome: Outcome::Skipped });
        Call::Advance(Advance { finished, next: Some(next), at: at(9) })
    }));
    calls
}

/// Makes the call on both, and compares.
async fn both(store: &RedisStore, model: &mut QueueModel, call: &Call) {
    let (actual, expected) = match call.clone() {
        Call::Apply(change) => {
            (format!("{:?}", store.apply(STREAM, change.clone()).await), format!("{:?}", model.apply(change)))
        }
        Call::Advance(advance) => (
            format!("{:?}", store.advance(STREAM, advance.clone()).await.expect("an answer")),
            format!("{:?}", model.advance(advance)),
        ),
        Call::Release(item) => (
            format!("{:?}", store.release(STREAM, item).await.expect("an answer")),
            format!("{:?}", model.release(item)),
        ),
        _ => {
            model.purge();
            (format!("{:?}", store.purge(STREAM).await.is_ok()), "true".to_owned())
        }
    };
    assert_eq!(actual, expected, "{call:?}");
    assert_eq!(store.view(STREAM, Page::ALL).await.expect("a view"), model.view(Page::ALL), "{call:?}");
    let history = store.history(STREAM, None, 100).await.expect("a history");
    assert_eq!(history, model.history(None, 100), "{call:?}");
}

fn model_of_the_file() -> QueueModel {
    let mut model = QueueModel::default();
    for call in history_of_the_file() {
        match call {
            Call::Apply(change) => drop(model.apply(change).expect("the model takes it")),
            Call::Advance(advance) => drop(model.advance(advance)),
            _ => unreachable!("nothing else made the file"),
        }
    }
    model
}

#[test]
fn format_1_is_read_by_every_call() {
    block_on(async {
        let redis = OnRedis::new().await;
        let file = model_of_the_file();
        for call in calls() {
            load(&redis);
            let mut model = file.clone();
            assert_eq!(redis.store().view(STREAM, Page::ALL).await.expect("a view"), model.view(Page::ALL));
            both(redis.store(), &mut model, &call).await;
            // What can be taken back is all of it, to the beginning.
            while model.view(Page::ALL).undo.is_some() {
                both(redis.store(), &mut model, &edit(Op::Undo)).await;
            }
        }
    });
}

#[test]
fn format_1_is_what_is_written() {
    block_on(async {
        let redis = OnRedis::new().await;
        let mut model = QueueModel::default();
        for call in history_of_the_file() {
            both(redis.store(), &mut model, &call).await;
        }
        let answer = redis.eval(AS_COMMANDS, &[&redis.keys_of(STREAM)], &NAMES);
        let written = answer.split_once("\r\n").expect("a length").1.trim_end_matches("\r\n").trim_end();
        if std::env::var_os("STREAMCORE_WRITE_GOLDEN").is_some() {
            std::fs::write("redis/golden/queue_v1.txt", format!("{written}\n")).expect("the file");
        }
        // In an undo the names may come in any order.
        let lines = |text: &str| {
            text.lines().filter(|line| !line.starts_with("RPUSH undo")).map(str::to_owned).collect::<Vec<_>>()
        };
        for (now, then) in lines(written).into_iter().zip(lines(GOLDEN)) {
            assert_eq!(now, then);
        }
        assert_eq!(written.lines().count(), GOLDEN.lines().count());
    });
}
