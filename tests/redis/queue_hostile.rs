//! Keys that hold what no Streamcore wrote: told by name, nothing changed by the call that was refused, and no other queue harmed.

use streamcore::{
    Outcome, QueueItem, RequestId, StreamId, Timestamp,
    queue::{
        Advance, Change, Duplicates, Error, Finished, HISTORY_LIMIT, Mode, Op, Page, Placement, Queue, Repeat, Rules,
        Tier,
    },
    testing::{item, item_id},
};
use streamcore_redis::RedisStore;

use crate::{
    queue_raw::NAMES,
    support::{OnRedis, block_on},
};

const STREAM: StreamId = StreamId::new(-7);
const OTHER: StreamId = StreamId::new(8);

fn of(n: u64, chat: i64, tier: Tier) -> QueueItem {
    QueueItem { requested_by: Some(chat), tier, ..item(n) }
}

fn add(items: Vec<QueueItem>, placement: Placement) -> Op {
    Op::Add { items, placement, rules: Rules::at_most(5_000) }
}

async fn edit(store: &RedisStore, stream: StreamId, op: Op) {
    store.apply(stream, op.into()).await.expect("the queue works until it is spoilt");
}

async fn advance(store: &RedisStore, stream: StreamId, finished: Option<u64>) {
    let finished = finished.map(|n| Finished { item: item_id(n), outcome: Outcome::Played });
    let advance = Advance { finished, next: None, at: Timestamp::from_millis(5) };
    store.advance(stream, advance).await.expect("the queue works until it is spoilt");
}

/// A queue of which every key holds something: 20 is current, 21 to 29 wait for three requesters in three tiers, the history is full,
/// 31 and 32 were cleared, and the last edit is a removal.
async fn fill(store: &RedisStore, stream: StreamId) {
    let last = 1_000 + HISTORY_LIMIT as u64;
    edit(store, stream, add((1_001..=last).map(|n| of(n, 1, Tier::Normal)).collect(), Placement::Back)).await;
    advance(store, stream, None).await;
    edit(store, stream, add(vec![item(20)], Placement::Back)).await;
    for n in 1_001..=last {
        advance(store, stream, Some(n)).await;
    }
    edit(store, stream, add(vec![item(31), item(32)], Placement::Back)).await;
    edit(store, stream, Op::Clear).await;
    let waiting = (21..=30).map(|n| of(n, n as i64 % 3, Tier::ALL[n as usize % 3]));
    edit(store, stream, Op::SetMode { mode: Mode::Fair }).await;
    let request = Some(RequestId::new(item_id(1).get()));
    let change = Change { op: add(waiting.collect(), Placement::Back), expected: None, request };
    store.apply(stream, change).await.expect("the queue works until it is spoilt");
    edit(store, stream, Op::Remove { id: item_id(30) }).await;
}

/// Every kind of call, each of which would change that queue or read all of it.
const CALLS: &[&str] = &[
    "add",
    "add in front",
    "add by rules",
    "add by tier",
    "remove",
    "move",
    "clear",
    "shuffle",
    "set mode",
    "migrate",
    "set repeat",
    "undo",
    "restore",
    "played",
    "skipped",
    "interrupted",
    "named",
    "repeated",
    "release",
    "view",
    "history",
];

async fn call(store: &RedisStore, name: &str) -> Result<(), Error> {
    let batch = || (41..=46).map(|n| of(n, n as i64 % 4, Tier::ALL[n as usize % 3])).collect::<Vec<_>>();
    let mut rules = Rules::at_most(5_000);
    rules.max_per_requester = Some(50);
    rules.duplicates = Duplicates::Refuse;
    rules.cooldown = Some(std::time::Duration::from_secs(1));
    let op = match name {
        "add" => add(batch(), Placement::Back),
        "add in front" => add(batch(), Placement::Front),
        "add by rules" => Op::Add { items: batch(), placement: Placement::Back, rules },
        "add by tier" => {
            store.apply(STREAM, Op::SetMode { mode: Mode::Priority }.into()).await?;
            add(batch(), Placement::Back)
        }
        "remove" => Op::Remove { id: item_id(23) },
        "move" => Op::Move { id: item_id(23), to: 7 },
        "clear" => Op::Clear,
        "shuffle" => Op::Shuffle { seed: 7 },
        "set mode" => Op::SetMode { mode: Mode::Priority },
        "migrate" => Op::Migrate { from: None, to: Mode::Priority },
        "set repeat" => Op::SetRepeat { repeat: Repeat::All },
        "undo" => Op::Undo,
        "restore" => Op::Restore { max_items: 5_000 },
        "view" => return store.view(STREAM, Page::ALL).await.map(|_| ()),
        "history" => return store.history(STREAM, None, 5_000).await.map(|_| ()),
        "release" => return store.release(STREAM, item_id(20)).await.map(|_| ()),
        _ => {
            if name == "repeated" {
                store.apply(STREAM, Op::SetRepeat { repeat: Repeat::All }.into()).await?;
            }
            let outcome = match name {
                "interrupted" => Outcome::Interrupted,
                "skipped" | "repeated" => Outcome::Skipped,
                _ => Outcome::Played,
            };
            let next = (name == "named").then(|| item_id(26));
            let finished = Some(Finished { item: item_id(20), outcome });
            return store.advance(STREAM, Advance { finished, next, at: Timestamp::from_millis(9) }).await.map(|_| ());
        }
    };
    store.apply(STREAM, op.into()).await.map(|_| ())
}

/// A spoilt queue: the commands that spoil it, whose keys are named without what they begin with; the key that is told; and the calls that
/// have to tell. Every other call may do so too, or do without what is spoilt.
struct Spoilt {
    commands: Vec<Vec<String>>,
    told: &'static str,
    by: &'static [&'static str],
}

fn spoilt(commands: &[&[&str]], told: &'static str, by: &'static [&'static str]) -> Spoilt {
    let commands = commands.iter().map(|words| words.iter().map(|word| (*word).to_owned()).collect()).collect();
    Spoilt { commands, told, by }
}

/// Spoils the queue, makes every call, and brings it back each time.
async fn check(redis: &OnRedis, cases: Vec<Spoilt>) {
    redis.keep(STREAM);
    let store = redis.store();
    let other = redis.contents(OTHER);
    let keys = redis.keys_of(STREAM);
    for Spoilt { commands, told, by } in cases {
        for name in CALLS {
            redis.bring_back(STREAM);
            // What a call needs that is two is done before.
            let preparation = match *name {
                "add by tier" => Some(Op::SetMode { mode: Mode::Priority }),
                "repeated" => Some(Op::SetRepeat { repeat: Repeat::All }),
                _ => None,
            };
            if let Some(op) = preparation {
                edit(store, STREAM, op).await;
            }
            for words in &commands {
                let mut words: Vec<String> = words.clone();
                words[1] = format!("{keys}{}", words[1]);
                let answer = redis.ask(&words.iter().map(String::as_str).collect::<Vec<_>>());
                assert!(
                    !answer.starts_with('-') && answer != ":0\r\n" || words[0] == "HSET" && !answer.starts_with('-'),
                    "{words:?}: {answer}"
                );
            }
            let before = redis.contents(STREAM);
            let answer = call(store, name).await;
            let place = format!("{name}, after {commands:?}");
            match answer {
                Ok(()) => assert!(!by.contains(name), "{place}: not told"),
                Err(Error::Corrupt { detail }) => {
                    assert!(detail.contains(&format!("{keys}{told}")), "{place}: {detail}");
                    assert!(detail.contains("restore a backup") || detail.contains("run that"), "{place}: {detail}");
                    assert_eq!(redis.contents(STREAM), before, "{place}: a refused call changed something");
                }
                Err(other) => panic!("{place}: {other:?}"),
            }
        }
        store.purge(STREAM).await.expect("what is spoilt can be forgotten");
        let view = store.view(STREAM, Page::ALL).await.expect("and is then empty");
        assert!(view.total == 0 && view.revision.get() > 0);
        assert_eq!(redis.contents(OTHER), other, "another queue was changed");
    }
    store.view(OTHER, Page::ALL).await.expect("another queue is as it was");
}

async fn filled() -> OnRedis {
    let redis = OnRedis::new().await;
    fill(redis.store(), STREAM).await;
    edit(redis.store(), OTHER, add(vec![item(1)], Placement::Back)).await;
    redis.keep(STREAM);
    redis
}

#[test]
fn unspoilt_every_call_does_something() {
    block_on(async {
        let redis = filled().await;
        for name in CALLS {
            redis.bring_back(STREAM);
            let before = redis.contents(STREAM);
            call(redis.store(), name).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert_eq!(redis.contents(STREAM) == before, ["view", "history"].contains(name), "{name}");
        }
        for name in NAMES {
            redis.bring_back(STREAM);
            let key = format!("{}{name}", redis.keys_of(STREAM));
            assert_eq!(
                redis.ask(&["EXISTS", &key]),
                ":1\r\n",
                "{name} holds something, or nothing is shown by spoiling it"
            );
        }
    });
}

#[test]
fn a_key_of_another_kind_or_a_lost_one_is_told_by_every_call() {
    block_on(async {
        let redis = filled().await;
        let kinds = NAMES.iter().map(|name| spoilt(&[&["SET", name, "a text"]], name, CALLS));
        let lists = NAMES
            .iter()
            .filter(|name| !["undo", "cleared"].contains(name))
            .map(|name| spoilt(&[&["DEL", name], &["RPUSH", name, "1"]], name, CALLS));
        let lost =
            NAMES.iter().map(|name| spoilt(&[&["DEL", name]], if *name == "order" { "items" } else { name }, CALLS));
        check(&redis, kinds.chain(lists).chain(lost).collect()).await;
    });
}

#[test]
fn a_field_that_was_edited_by_hand_is_told() {
    block_on(async {
        let redis = filled().await;
        let fields = [
            ("revision", "7x"),
            ("revision", "-1"),
            ("revision", "9007199254740993"),
            ("mode", "king"),
            ("repeat", "2"),
            ("last_seq", "x"),
            ("last_seq", "3"),
            ("requests", ""),
            ("undo", "add"),
            ("undo", "add:1"),
            ("sizes", "1 2"),
            ("sizes", "a b c d e f"),
            ("format", "2"),
        ];
        let mut cases: Vec<Spoilt> = fields
            .iter()
            .map(|(field, value)| {
                let told = match (*field, *value) {
                    ("last_seq", "3") => "history",
                    ("undo", "add:1") => "undo",
                    _ => "queue",
                };
                spoilt(&[&["HSET", "queue", field, value]], told, CALLS)
            })
            .collect();
        for field in ["revision", "mode", "repeat", "last_seq", "requests", "sizes", "format"] {
            cases.push(spoilt(&[&["HDEL", "queue", field]], "queue", CALLS));
        }
        cases.push(spoilt(&[&["HSET", "queue", "current", "nobody"]], "items", &["view"]));
        cases.push(spoilt(&[&["HDEL", "queue", "current"]], "items", CALLS));
        check(&redis, cases).await;
    });
}

#[test]
fn a_damaged_record_is_told_by_who_needs_it() {
    block_on(async {
        let redis = filled().await;
        let needs = &["clear", "shuffle", "migrate", "view", "move", "remove"];
        let (id, current) = (item_id(23).to_string(), item_id(20).to_string());
        let record = {
            let answer = redis.ask(&["HGET", &format!("{}items", redis.keys_of(STREAM)), &id]);
            answer.lines().nth(1).expect("a record").to_owned()
        };
        let damaged = [
            String::new(),
            "rubbish".to_owned(),
            record.replacen('1', "2", 1),
            record[..record.len() / 2].to_owned(),
            record.replace("http", "ftp"),
            record.replacen("|0|", "|1|", 1),
            format!("{record} "),
            "1|".repeat(200_000),
        ];
        let mut cases: Vec<Spoilt> =
            damaged.iter().map(|text| spoilt(&[&["HSET", "items", &id, text]], "items", needs)).collect();
        let by_current: &[&str] =
            &["view", "played", "skipped", "interrupted", "named", "release", "add", "add by rules", "repeated"];
        cases.extend(damaged.iter().map(|text| spoilt(&[&["HSET", "items", &current, text]], "items", by_current)));
        cases.push(spoilt(&[&["HDEL", "items", &id]], "items", CALLS));
        cases.push(spoilt(&[&["HDEL", "items", &id], &["HSET", "items", "nobody", &record]], "items", needs));
        check(&redis, cases).await;
    });
}

#[test]
fn an_index_that_disagrees_is_told_by_who_uses_it() {
    block_on(async {
        let redis = filled().await;
        let id = item_id(23).to_string();
        let keys = redis.keys_of(STREAM);
        redis.place(STREAM, &(0..9).map(|n| n << 20).collect::<Vec<_>>());
        let member = |name: &str| {
            let script = "for _, m in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do if string.sub(m, 59) == ARGV[1] then return m end end";
            let answer = redis.eval(script, &[&format!("{keys}{name}")], &[&id]);
            answer.lines().nth(1).expect("a member").to_owned()
        };
        let first_class = item_id(24).to_string();
        let (lane, url) = (member("lanes"), member("urls"));
        let nobody = format!("{}{}", &lane[..58], item_id(999));
        let uses = &["remove", "move"];
        let mut cases = vec![
            spoilt(&[&["ZREM", "lanes", &lane]], "lanes", CALLS),
            spoilt(&[&["ZREM", "lanes", &lane], &["ZADD", "lanes", "0", &nobody]], "lanes", &["remove", "move"]),
            spoilt(&[&["ZREM", "lanes", &lane], &["ZADD", "lanes", "0", "x"]], "lanes", uses),
            spoilt(&[&["ZREM", "urls", &url], &["ZADD", "urls", "0", "x"]], "urls", uses),
            spoilt(&[&["ZREM", "order", &id]], "items", CALLS),
            spoilt(&[&["ZADD", "order", "7", "nobody"]], "items", CALLS),
            spoilt(
                &[&["ZREM", "order", &id], &["ZADD", "order", "7", "nobody"]],
                "items",
                &["clear", "shuffle", "migrate", "view"],
            ),
            spoilt(
                &[&["ZREM", "vip", &first_class], &["ZADD", "vip", "99999999999", "nobody"]],
                "vip",
                &["add by tier"],
            ),
            spoilt(&[&["HSET", "sums", "a0", "rubbish"]], "sums", &["remove", "move", "add", "played"]),
            spoilt(&[&["HSET", "sums", "a0", "0 0 0 0 0"]], "sums", &["played"]),
            spoilt(&[&["HDEL", "history", "500"]], "history", CALLS),
            spoilt(&[&["HSET", "history", "1", "rubbish"]], "history", &["history", "played", "skipped", "repeated"]),
            spoilt(&[&["HSET", "history", "1", "2|x"]], "history", &["history", "played"]),
            spoilt(&[&["HSET", "history", "500", "1|00000000000000000005|99999|x|"]], "history", &["history"]),
            spoilt(&[&["HDEL", "played", &item_id(1_500).to_string()]], "played", CALLS),
            spoilt(&[&["ZADD", "heard", "0", "x"]], "heard", CALLS),
            spoilt(&[&["SADD", "turns", "x"]], "turns", CALLS),
            spoilt(&[&["ZADD", "requests", "0", "x"]], "requests", CALLS),
            spoilt(&[&["RPUSH", "undo", "x"]], "undo", CALLS),
            spoilt(&[&["LSET", "undo", "-1", "x"]], "undo", &["undo"]),
            spoilt(&[&["LSET", "undo", "-1", "1x"]], "undo", &["undo"]),
            spoilt(&[&["LSET", "undo", "-1", "2\u{1}"]], "undo", &["undo"]),
            spoilt(&[&["LSET", "undo", "-1", ""]], "undo", &["undo"]),
            spoilt(&[&["RPUSH", "cleared", "x"]], "cleared", CALLS),
            spoilt(&[&["LSET", "cleared", "1", "1|x"]], "cleared", &["restore"]),
            spoilt(&[&["LSET", "cleared", "3", "2|x"]], "cleared", &["restore"]),
        ];
        for score in ["0.5", "inf", "-inf", "9e15"] {
            let order = if score.starts_with('-') { item_id(21) } else { item_id(29) }.to_string();
            cases.push(spoilt(&[&["ZADD", "order", "CH", score, &order]], "order", &[]));
        }
        check(&redis, cases).await;
    });
}

/// Neighbours are given new places where no room is left: one whose record is damaged stops the whole edit, however much of it was done.
#[test]
fn damage_that_is_met_half_way_takes_back_what_was_done() {
    block_on(async {
        let redis = filled().await;
        let places: Vec<i64> = (0..9).collect();
        redis.place(STREAM, &places);
        let damage =
            |n| ["HSET".to_owned(), "items".to_owned(), item_id(n).to_string(), "1|rubbish".to_owned()].to_vec();
        let reads: &[&str] = &["clear", "shuffle", "migrate", "view"];
        // A batch of which the first items go behind all others, and the third one between two without room.
        let spreads: &[&str] = &["add", "add by rules", "add by tier", "clear", "shuffle", "migrate", "view"];
        let mut cases: Vec<Spoilt> =
            (21..=29).map(|n| Spoilt { commands: vec![damage(n)], told: "items", by: reads }).collect();
        cases.push(Spoilt { commands: (21..=29).map(damage).collect(), told: "items", by: spreads });
        check(&redis, cases).await;
    });
}
