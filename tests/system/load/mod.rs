//! Many clients that edit one queue at random, and a record of everything they were told.
//!
//! Items are known by their titles, which are numbers: the server makes the ids, and a client that got no answer knows none.

mod client;
mod draw;

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::{
        Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use serde_json::Value;
use streamcore::{Timestamp, queue::Mode};
use streamcore_tests::{
    Options, Server,
    media::ToneFile,
    random::Random,
    replay::{Call, List, Sighting, Story},
    wait,
};

use self::{client::Client, draw::Kind};

/// The queue's limit: small enough that a page shows all of it, and that it is full now and then.
const MAX_ITEMS: usize = 40;

/// The file behind every item.
const FILE: &str = "tone.wav";

/// A server with room for [`MAX_ITEMS`], and a stream that is stopped.
pub(crate) fn server() -> Server {
    server_with(Vec::new())
}

/// The same, with these arguments.
pub(crate) fn server_with(args: Vec<String>) -> Server {
    // A key whose request was cut off by a kill is taken to be given up so long and 15 s after it.
    let server = Server::start_with(Options {
        args,
        config: Some(format!("[queue]\nmax_items = {MAX_ITEMS}\n[http]\nanswer_timeout_seconds = 3\n")),
        ..Options::default()
    });
    ToneFile::wav(FILE, 400, 1).write(&server.media_dir());
    let stream = serde_json::json!({"id": 1, "name": "Test"});
    let _ = server.call("POST", "/api/v1/streams", Some(&stream)).expect(201);
    server
}

/// The stream goes on with the item that the queue says is current. Nobody edits meanwhile; the stream itself may hand over.
pub(crate) fn assert_plays_its_current_item(server: &Server) {
    wait::until("the stream to play the queue's current item", Duration::from_secs(10), || {
        let (queue, status) = (server.queue(), server.status());
        let same = status["current_item"]["id"] == queue["current_playing"]["id"];
        let dry = queue["total"] == 0 && status["status"] == "placeholder";
        (same && (dry || status["status"] == "playing")).then_some(())
    });
}

/// What all clients share.
#[derive(Debug)]
pub(crate) struct Board {
    token: &'static str,
    /// Whether the stream plays: a skip hands over then, and else removes.
    plays: bool,
    /// Where the server is, and how often it or its store was restarted. Held for writing while nobody may send.
    server: RwLock<(SocketAddr, usize)>,
    /// Held for reading by whoever waits for an answer.
    under_way: RwLock<()>,
    /// The highest revision that anybody was told.
    told: AtomicU64,
    numbers: AtomicU32,
    left: AtomicUsize,
    over: AtomicBool,
    record: Mutex<Record>,
}

/// What was told so far.
#[derive(Debug, Default)]
pub(crate) struct Record {
    story: Story,
    /// Calls of unknown fate, and the restart before which they happened, if they did.
    unknown: Vec<(usize, usize)>,
    /// Calls that were answered when they were asked again, and the restart before which the first one happened, if it did.
    repeated: Vec<(usize, usize)>,
    /// The revision at each restart.
    restarts: Vec<u64>,
    /// Items whose skip was acknowledged.
    skipped: Vec<u32>,
    /// The server's ids of the items. They never change, and no two are the same.
    ids: HashMap<u32, String>,
    outcomes: HashMap<u32, String>,
    counts: BTreeMap<(Kind, String), usize>,
    keyed: usize,
    twice: usize,
    /// The mode that somebody was told last.
    mode: Mode,
}

/// Ends the clients when it is dropped, also by a test that fails: or they would be waited for for ever.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

impl Board {
    pub(crate) fn new(server: &Server, plays: bool) -> Self {
        let story = Story { plays, max_items: MAX_ITEMS, ..Story::default() };
        Self {
            token: server.token(),
            plays,
            server: RwLock::new((server.address(), 0)),
            under_way: RwLock::new(()),
            told: AtomicU64::new(0),
            numbers: AtomicU32::new(1),
            left: AtomicUsize::new(usize::MAX),
            over: AtomicBool::new(false),
            record: Mutex::new(Record { story, ..Record::default() }),
        }
    }

    /// Has so many clients make so many requests altogether.
    pub(crate) fn requests(&self, requests: usize, clients: usize, seed: u64) {
        self.left.store(requests, SeqCst);
        std::thread::scope(|scope| self.start(scope, clients, seed));
    }

    /// Has so many clients make requests for as long as something else takes.
    pub(crate) fn meanwhile(&self, clients: usize, seed: u64, other: impl FnOnce()) {
        std::thread::scope(|scope| {
            let _over = Over(&self.over);
            self.start(scope, clients, seed);
            other();
        });
    }

    fn start<'scope>(&'scope self, scope: &'scope std::thread::Scope<'scope, '_>, clients: usize, seed: u64) {
        for n in 1..=clients as u64 {
            let client = Client::new(self, n, Random::new(seed ^ n << 32));
            scope.spawn(move || client.run());
        }
    }

    /// Restarts a server that was killed and lets `look` at it before anybody else may send.
    pub(crate) fn restart(&self, server: &mut Server, look: impl FnOnce(&Server)) {
        let mut place = self.server.write().unwrap_or_else(PoisonError::into_inner);
        server.restart();
        *place = (server.address(), place.1 + 1);
        let revision = self.read_all(server);
        self.record().restarts.push(revision);
        look(server);
    }

    /// Restarts the store under a server that goes on, once everybody has an answer to what they had asked; lets `look` at the server before
    /// anybody else may send.
    pub(crate) fn restart_store(&self, server: &Server, restart: impl FnOnce(), look: impl FnOnce(&Server)) {
        restart();
        let _all_answered = self.under_way.write().unwrap_or_else(PoisonError::into_inner);
        let mut place = self.server.write().unwrap_or_else(PoisonError::into_inner);
        place.1 += 1;
        wait::until("the store to answer", Duration::from_secs(30), || {
            let answer = server.call("GET", "/api/v1/queue/1?limit=100", None);
            (answer.status == 200 && answer.header("x-stale-since").is_none()).then_some(())
        });
        let revision = self.read_all(server);
        self.record().restarts.push(revision);
        look(server);
    }

    pub(crate) fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the list and what is new in the history; returns the revision.
    fn read_all(&self, server: &Server) -> u64 {
        let mut record = self.record();
        // An item may be handed over between the two readings: both are of one state if the revision is the same before and after.
        let (page, finished) = loop {
            let (before, finished) = (server.queue(), record.new_history(server));
            if server.queue()["revision"] == before["revision"] {
                break (before, finished);
            }
        };
        for entry in finished {
            let number = number(&entry);
            record.story.finished.push(number);
            assert_eq!(entry["seq"], record.story.finished.len(), "the history has a gap");
            let outcome = entry["outcome"].as_str().unwrap_or_default().to_owned();
            if outcome != "played" {
                record.story.skipped.insert(number);
            }
            assert_eq!(record.outcomes.insert(number, outcome), None, "{number} was finished twice");
        }
        record.saw(&page)
    }

    /// Everything that was told, with the end of it as it is now.
    pub(crate) fn story(&self, server: &Server) -> Story {
        let last = self.read_all(server);
        let mut record = self.record();
        let ends: Vec<_> =
            record.unknown.iter().map(|(call, restart)| (*call, record.restarts.get(*restart).copied())).collect();
        for (call, end) in ends {
            record.story.calls[call].until = end.unwrap_or(last);
        }
        for (call, restart) in record.repeated.clone() {
            let end = record.restarts.get(restart).copied();
            let call = &mut record.story.calls[call];
            call.again = call.again.zip(end).map(|((_, resumed), end)| (end, resumed));
        }
        for call in &mut record.story.calls {
            call.until = call.until.min(last);
        }
        for skipped in &record.skipped {
            // It had been handed over already if only its tail was left to skip.
            let outcome = record.outcomes.get(skipped).map(String::as_str);
            assert!(matches!(outcome, Some("skipped" | "played")), "the skip of {skipped} is lost: {outcome:?}");
        }
        Story { last, ..record.story.clone() }
    }
}

impl Record {
    /// Entries of the history that were not read yet, oldest first.
    fn new_history(&self, server: &Server) -> Vec<Value> {
        let (mut entries, mut cursor) = (Vec::new(), String::new());
        loop {
            let page =
                server.call("GET", &format!("/api/v1/queue/1/history?limit=100&cursor={cursor}"), None).expect(200);
            let items = page["items"].as_array().expect("a list");
            let new = items
                .iter()
                .filter(|entry| entry["seq"].as_u64().expect("a number") > self.story.finished.len() as u64);
            let before = entries.len();
            entries.extend(new.cloned());
            match page["next"].as_str() {
                Some(next) if entries.len() - before == items.len() => next.clone_into(&mut cursor),
                _ => break,
            }
        }
        entries.reverse();
        entries
    }

    /// Notes a page that somebody saw; returns its revision.
    fn saw(&mut self, page: &Value) -> u64 {
        let revision = page["revision"].as_u64().expect("a revision");
        let items = page["items"].as_array().expect("a list");
        assert_eq!(page["total"], items.len(), "the page shows everything");
        for item in items {
            self.knows(item);
        }
        let numbers: Vec<u32> = items.iter().map(number).collect();
        let current = page["current_playing"].as_object().map(|_| number(&page["current_playing"]));
        assert!(
            current.is_none_or(|current| numbers.first() == Some(&current)),
            "the current item is the first: {page}"
        );
        let waiting = numbers[usize::from(current.is_some())..].to_vec();
        self.story.sightings.push(Sighting { revision, list: List { current, waiting } });
        revision
    }

    /// Notes an item's id, which must be the one that it always had.
    fn knows(&mut self, item: &Value) {
        let id = item["id"].as_str().expect("an id").to_owned();
        let known = self.ids.entry(number(item)).or_insert_with(|| id.clone());
        assert_eq!(*known, id, "one item has two ids");
        if item["position"].is_null() {
            // Played since: it is told as it would have been added now.
            return;
        }
        let at = item["added_at"].as_str().expect("a time").chars().filter(char::is_ascii_digit).collect::<String>();
        let at = Timestamp::from_millis(at.parse().expect("digits"));
        let known = *self.story.added_at.entry(number(item)).or_insert(at);
        assert_eq!(known, at, "one item was added twice");
    }

    fn tell(&mut self, call: Call) {
        self.story.calls.push(call);
    }

    /// What was asked and answered, for people.
    pub(crate) fn counts(&self) -> String {
        let mut rows: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
        for ((kind, answer), times) in &self.counts {
            rows.entry(*kind).or_default().push(format!("{answer} {times}"));
        }
        rows.iter().map(|(kind, answers)| format!("  {kind:?}: {}\n", answers.join(", "))).collect()
    }

    /// How many requests under a key were answered, and of those: how many came twice at once, and how many again after a kill.
    pub(crate) fn keyed(&self) -> [usize; 3] {
        [self.keyed, self.twice, self.repeated.len()]
    }

    /// How many items the history has.
    pub(crate) fn finished(&self) -> usize {
        self.story.finished.len()
    }
}

/// The number that is an item's title.
fn number(item: &Value) -> u32 {
    item["title"].as_str().and_then(|title| title.parse().ok()).unwrap_or_else(|| panic!("not an item of ours: {item}"))
}
