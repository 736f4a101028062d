//! One client: sends operations and notes what it is told. What a kill left unanswered it asks again, if it has a key for it.

use std::{io, net::SocketAddr, sync::PoisonError, sync::atomic::Ordering::SeqCst, time::Duration};

use serde_json::Value;
use streamcore::queue::Mode;
use streamcore_tests::{
    http,
    random::Random,
    replay::{Call, Fate, List, Refusal},
    wait,
};

use super::{
    Board,
    draw::{Kind, Request},
};

/// How long a request that a kill cut off may block its key: the server's limit for an answer and 15 s, and some patience.
const BLOCKED: Duration = Duration::from_secs(40);

/// A request under a key that nobody answered.
struct Unanswered {
    request: Request,
    after: u64,
    /// The restart before which it happened, if it did.
    restart: usize,
}

pub(super) struct Client<'a> {
    pub(super) board: &'a Board,
    pub(super) name: u64,
    pub(super) random: Random,
    /// How many keys it used.
    pub(super) keys: usize,
    /// The list as this client saw it last.
    pub(super) seen: List,
    pub(super) revision: u64,
    /// Refusals, until it is told of a revision that is certainly later.
    pub(super) refused: Vec<Call>,
    unanswered: Vec<Unanswered>,
}

impl<'a> Client<'a> {
    pub(super) fn new(board: &'a Board, name: u64, random: Random) -> Self {
        Self {
            board,
            name,
            random,
            keys: 0,
            seen: List::default(),
            revision: 0,
            refused: Vec::new(),
            unanswered: Vec::new(),
        }
    }

    pub(super) fn run(mut self) {
        let one_less = |left: usize| left.checked_sub(1);
        while !self.board.over.load(SeqCst) && self.board.left.fetch_update(SeqCst, SeqCst, one_less).is_ok() {
            let request = self.draw();
            self.perform(request);
            if let Some(asked) = self.unanswered.pop()
                && !self.ask_again(&asked, false)
            {
                self.unanswered.push(asked);
            }
        }
        // The server lives on from here: each key is answered in the end.
        for asked in std::mem::take(&mut self.unanswered) {
            wait::until("an answer under a key", BLOCKED, || {
                std::thread::sleep(Duration::from_millis(200));
                self.ask_again(&asked, true).then_some(())
            });
        }
        // Refusals without a later revision were right at any time up to the end.
        self.board.record().story.calls.extend(self.refused);
    }

    fn place(&self) -> (SocketAddr, usize) {
        *self.board.server.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, address: SocketAddr, request: &Request) -> io::Result<http::Response> {
        let authorization = format!("Bearer {}", self.board.token);
        let condition = request.expected.map(|revision| format!("\"{revision}\""));
        let mut headers = vec![("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        headers.extend(condition.as_ref().map(|condition| ("If-Match", condition.as_str())));
        headers.extend(request.key.as_ref().map(|key| ("Idempotency-Key", key.as_str())));
        let body = request.body.as_ref().map(Value::to_string);
        http::request(address, request.method, &request.target, &headers, body.as_deref().map(str::as_bytes))
    }

    fn perform(&mut self, request: Request) {
        let under_way = self.board.under_way.read().unwrap_or_else(PoisonError::into_inner);
        let after = self.board.told.load(SeqCst);
        let (address, restarts) = self.place();
        let answer = if request.key.is_some() && self.random.percent(30) {
            self.board.record().twice += 1;
            let this = &*self;
            let both = std::thread::scope(|scope| {
                [(); 2].map(|()| scope.spawn(|| this.send(address, &request))).map(|sent| sent.join().expect("sent"))
            });
            one_of(&request, both)
        } else {
            self.send(address, &request)
        };
        drop(under_way);
        match answer {
            Ok(answer) if answer.status < 500 => self.answered(&request, after, &answer),
            Ok(answer) => {
                let text = format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body));
                self.lost(request, after, address, restarts, &text);
            }
            // It never got there.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                self.count(request.kind, "refused connection");
                self.await_restart(restarts);
            }
            Err(error) => self.lost(request, after, address, restarts, &format!("{:?}", error.kind())),
        }
    }

    /// The server is gone: there is nothing to do until it is back.
    fn await_restart(&self, restarts: usize) {
        while self.place().1 == restarts && !self.board.over.load(SeqCst) {
            std::thread::yield_now();
        }
    }

    fn count(&self, kind: Kind, what: &str) {
        *self.board.record().counts.entry((kind, what.to_owned())).or_default() += 1;
    }

    /// It may have counted, if it did before the server that was asked ended.
    fn lost(&mut self, request: Request, after: u64, asked: SocketAddr, restarts: usize, why: &str) {
        self.count(request.kind, why);
        let (address, now) = self.place();
        let Some(edit) = request.edit else { return };
        // Unless the next server got the very same port: then it may have been that one.
        let restart = if address == asked { now } else { restarts };
        if request.key.is_some() {
            return self.unanswered.push(Unanswered { request, after, restart });
        }
        let mut record = self.board.record();
        let call = Call { edit, expected: request.expected, after, until: u64::MAX, again: None, fate: Fate::Unknown };
        let index = record.story.calls.len();
        record.unknown.push((index, restart));
        record.tell(call);
    }

    /// Asks under the same key as before, at the last or if the server that was asked first is gone; whether that was answered.
    fn ask_again(&mut self, asked: &Unanswered, at_last: bool) -> bool {
        let resumed = self.board.told.load(SeqCst);
        let (address, restarts) = self.place();
        if restarts <= asked.restart && !at_last {
            return false;
        }
        let Ok(answer) = self.send(address, &asked.request) else { return false };
        let body = answer.json();
        let error = body["error"].as_str().unwrap_or_default();
        if answer.status >= 500 || error == "request_in_progress" {
            return false;
        }
        self.count(asked.request.kind, format!("again: {} {error}", answer.status).trim());
        if answer.status >= 400 {
            // The first one did nothing then.
            self.was_refused(&asked.request, asked.after, error, &body);
            return true;
        }
        let told = self.notes(&asked.request, &answer, &body);
        let Some(edit) = asked.request.edit else { return true };
        let again = Some((u64::MAX, resumed));
        let mut record = self.board.record();
        let index = record.story.calls.len();
        record.repeated.push((index, asked.restart));
        record.tell(Call { edit, expected: None, after: asked.after, until: told, again, fate: Fate::Done });
        true
    }

    /// Notes what an answer shows of the queue; returns its revision.
    fn notes(&mut self, request: &Request, answer: &http::Response, body: &Value) -> u64 {
        let told = body["revision"]
            .as_u64()
            .unwrap_or_else(|| panic!("{} {}: no revision: {body}", request.method, request.target));
        if let Some(tag) = answer.header("etag") {
            assert_eq!(tag.trim_matches('"'), told.to_string(), "the entity tag is the revision");
        }
        self.board.told.fetch_max(told, SeqCst);
        self.revision = told;
        let mut record = self.board.record();
        record.keyed += usize::from(request.key.is_some());
        // What was told before, or read before the store went away, may be older than the refusals.
        if answer.header("idempotency-replayed").is_none() && answer.header("x-stale-since").is_none() {
            for call in self.refused.drain(..) {
                record.tell(Call { until: told, ..call });
            }
        }
        match request.kind {
            Kind::Add => record.knows(body),
            Kind::Batch => body["items"].as_array().expect("a list").iter().for_each(|item| record.knows(item)),
            _ if body["items"].is_array() => {
                record.saw(body);
                self.seen = record.story.sightings.last().map(|sighting| sighting.list.clone()).unwrap_or_default();
            }
            _ => {}
        }
        if let Some(mode) = body["mode"].as_str().and_then(Mode::named) {
            record.mode = mode;
        }
        told
    }

    fn answered(&mut self, request: &Request, after: u64, answer: &http::Response) {
        let body = answer.json();
        let text = body["error"].as_str().unwrap_or_default();
        self.count(request.kind, format!("{} {text}", answer.status).trim());
        if answer.status >= 400 {
            return self.was_refused(request, after, text, &body);
        }
        let told = self.notes(request, answer, &body);
        if request.kind == Kind::Skip && body["skipped"] != true {
            return;
        }
        let mut record = self.board.record();
        let Some(edit) = request.edit else {
            if request.kind == Kind::Skip {
                let item = self.seen.current.or(self.seen.waiting.first().copied());
                record.skipped.extend(item);
            }
            return;
        };
        // What names its own revision has its place; of the others it is known only that they happened by then.
        let own = match request.kind {
            Kind::Skip | Kind::Read => None,
            Kind::Move | Kind::Shuffle | Kind::Undo | Kind::Restore => {
                answer.header("x-queue-revision").and_then(|revision| revision.parse().ok())
            }
            _ => Some(told),
        };
        let (after, until) = own.map_or((after, told), |own: u64| (own.saturating_sub(1), own));
        record.tell(Call { edit, expected: request.expected, after, until, again: None, fate: Fate::Done });
    }

    fn was_refused(&mut self, request: &Request, after: u64, error: &str, body: &Value) {
        let why = match error {
            "nothing_to_skip" if request.edit.is_none() => return,
            "item_not_found" | "nothing_to_skip" => Refusal::NotFound,
            "current_item" => Refusal::CurrentItem,
            "position_out_of_range" => Refusal::OutOfRange,
            "queue_full" => Refusal::Full,
            "revision_mismatch" => Refusal::Mismatch,
            "mode_mismatch" => Refusal::OtherMode,
            "nothing_to_undo" | "nothing_to_restore" => Refusal::Nothing,
            _ => panic!("{} {} {:?} was answered {body}", request.method, request.target, request.body),
        };
        let Some(edit) = request.edit else { panic!("{:?} was refused: {body}", request.kind) };
        let (expected, fate) = (request.expected, Fate::Refused(why));
        self.refused.push(Call { edit, expected, after, until: u64::MAX, again: None, fate });
        // What it believes is out of date.
        self.board.told.fetch_max(body["details"]["current_revision"].as_u64().unwrap_or(0), SeqCst);
    }
}

/// The answer that counts of a request that was sent twice at once under one key: it was carried out once, and both were told the same.
fn one_of(request: &Request, both: [io::Result<http::Response>; 2]) -> io::Result<http::Response> {
    let is_done = |answer: &&http::Response| answer.status < 300;
    let is_replayed = |answer: &http::Response| answer.header("idempotency-replayed").is_some();
    let done: Vec<_> = both.iter().flatten().filter(is_done).collect();
    if let [one, other] = done[..] {
        assert!(is_replayed(one) != is_replayed(other), "done twice under one key: {request:?}");
        assert_eq!(one.json(), other.json(), "told differently under one key: {request:?}");
    }
    let in_progress = |answer: &http::Response| answer.status == 409 && answer.json()["error"] == "request_in_progress";
    let [first, second] = both;
    match (first, second) {
        (Ok(answer), _) | (_, Ok(answer)) if answer.status < 300 => Ok(answer),
        // One was killed, or failed: the other one may have been done.
        (Err(error), _) | (_, Err(error)) if error.kind() != io::ErrorKind::ConnectionRefused => Err(error),
        (Err(error), _) | (_, Err(error)) => Err(error),
        (Ok(first), Ok(second)) => {
            if first.status >= 500 || in_progress(&second) {
                Ok(first)
            } else {
                Ok(second)
            }
        }
    }
}
