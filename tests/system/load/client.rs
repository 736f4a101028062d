//! One client: draws an operation, sends it, notes what it is told.

use std::{io, net::SocketAddr, sync::PoisonError, sync::atomic::Ordering::SeqCst};

use serde_json::{Value, json};
use streamcore_tests::{
    http,
    random::Random,
    replay::{Call, Edit, Fate, List, Refusal},
};

use super::{Board, FILE};

/// A kind of operation. One more is a line in [`MIX`] and an arm in [`Client::draw`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Add,
    Remove,
    Move,
    Clear,
    Skip,
    Read,
}

/// Of a thousand operations so many are of this kind.
const MIX: [(Kind, usize); 6] =
    [(Kind::Add, 340), (Kind::Remove, 240), (Kind::Move, 240), (Kind::Clear, 2), (Kind::Skip, 40), (Kind::Read, 138)];

/// An operation on its way.
struct Request {
    kind: Kind,
    method: &'static str,
    target: String,
    body: Option<Value>,
    /// What it does to the list; none for what only reads, and for a skip of a stream that plays.
    edit: Option<Edit>,
    /// The revision that it names.
    expected: Option<u64>,
}

pub(super) struct Client<'a> {
    board: &'a Board,
    random: Random,
    /// The list as this client saw it last.
    seen: List,
    revision: u64,
    /// Refusals, until it is told of a revision that is certainly later.
    refused: Vec<Call>,
}

impl<'a> Client<'a> {
    pub(super) fn new(board: &'a Board, random: Random) -> Self {
        Self { board, random, seen: List::default(), revision: 0, refused: Vec::new() }
    }

    pub(super) fn run(mut self) {
        let one_less = |left: usize| left.checked_sub(1);
        while !self.board.over.load(SeqCst) && self.board.left.fetch_update(SeqCst, SeqCst, one_less).is_ok() {
            let request = self.draw();
            self.perform(request);
        }
        // Refusals without a later revision were right at any time up to the end.
        self.board.record().story.calls.extend(self.refused);
    }

    fn draw(&mut self) -> Request {
        let mut lot = self.random.below(MIX.iter().map(|(_, share)| share).sum());
        let drawn = MIX.iter().find(|(_, share)| {
            let hit = lot < *share;
            lot = lot.saturating_sub(*share);
            hit
        });
        // Who was refused looks before it goes on, as people do.
        let kind = drawn.filter(|_| self.refused.is_empty()).map_or(Kind::Read, |(kind, _)| *kind);
        let queue = "/api/v1/queue/1".to_owned();
        let mut request = Request {
            kind,
            method: "GET",
            target: format!("{queue}?limit=100"),
            body: None,
            edit: None,
            expected: None,
        };
        match kind {
            Kind::Read => {}
            Kind::Add => {
                let (item, front) = (self.board.numbers.fetch_add(1, SeqCst), self.random.percent(25));
                (request.method, request.target) = ("POST", format!("{queue}/items?priority={front}"));
                request.body = Some(json!({"url": FILE, "title": item.to_string()}));
                request.edit = Some(Edit::Add { item, front });
            }
            Kind::Remove => {
                let Some((item, id)) = self.any_item() else { return request };
                (request.method, request.target) = ("DELETE", format!("{queue}/items/{id}"));
                request.edit = Some(Edit::Remove { item });
            }
            Kind::Move => {
                let Some((item, id)) = self.any_item() else { return request };
                let to = self.random.below(self.seen.total() + 2);
                (request.method, request.target) = ("PATCH", format!("{queue}/items/{id}/move?limit=100"));
                request.body = Some(json!({"position": to}));
                request.edit = Some(Edit::Move { item, to });
            }
            Kind::Clear => {
                (request.method, request.target) = ("DELETE", queue);
                request.edit = Some(Edit::Clear);
            }
            Kind::Skip => {
                let Some(item) = self.seen.current.or(self.seen.waiting.first().copied()) else { return request };
                let Some(id) = self.id(item) else { return request };
                (request.method, request.target) = ("POST", format!("{queue}/skip"));
                request.body = Some(json!({"item_id": id}));
                request.edit = (!self.board.plays).then_some(Edit::Remove { item });
            }
        }
        if !matches!(kind, Kind::Read | Kind::Skip) && self.random.percent(15) {
            request.expected = Some(self.revision);
        }
        request
    }

    /// An item that it saw, or now and then one of which it only may have heard.
    fn any_item(&mut self) -> Option<(u32, String)> {
        let item = if self.random.percent(5) {
            1 + self.random.below(self.board.numbers.load(SeqCst) as usize) as u32
        } else if self.random.percent(5) {
            self.seen.current?
        } else {
            *self.random.pick(&self.seen.waiting)?
        };
        self.id(item).map(|id| (item, id))
    }

    fn id(&self, item: u32) -> Option<String> {
        self.board.record().ids.get(&item).cloned()
    }

    fn place(&self) -> (SocketAddr, usize) {
        *self.board.server.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn perform(&mut self, request: Request) {
        let after = self.board.told.load(SeqCst);
        let (address, restarts) = self.place();
        let authorization = format!("Bearer {}", self.board.token);
        let condition = request.expected.map(|revision| format!("\"{revision}\""));
        let mut headers = vec![("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        headers.extend(condition.as_ref().map(|condition| ("If-Match", condition.as_str())));
        let body = request.body.as_ref().map(Value::to_string);
        let answer =
            http::request(address, request.method, &request.target, &headers, body.as_deref().map(str::as_bytes));
        match answer {
            Ok(answer) if answer.status < 500 => self.answered(&request, after, &answer),
            Ok(answer) => {
                let text = format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body));
                self.unanswered(&request, after, address, restarts, &text);
            }
            // It never got there.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                self.count(request.kind, "refused connection");
                self.await_restart(restarts);
            }
            Err(error) => self.unanswered(&request, after, address, restarts, &format!("{:?}", error.kind())),
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
    fn unanswered(&self, request: &Request, after: u64, asked: SocketAddr, restarts: usize, why: &str) {
        self.count(request.kind, why);
        let (address, now) = self.place();
        let Some(edit) = request.edit else { return };
        // Unless the next server got the very same port: then it may have been that one.
        let restart = if address == asked { now } else { restarts };
        let mut record = self.board.record();
        let call = Call { edit, expected: request.expected, after, until: u64::MAX, fate: Fate::Unknown };
        let index = record.story.calls.len();
        record.unknown.push((index, restart));
        record.tell(call);
    }

    fn answered(&mut self, request: &Request, after: u64, answer: &http::Response) {
        let body = answer.json();
        let text = body["error"].as_str().unwrap_or_default();
        self.count(request.kind, format!("{} {text}", answer.status).trim());
        if answer.status >= 400 {
            return self.was_refused(request, after, text, &body);
        }
        let told = body["revision"]
            .as_u64()
            .unwrap_or_else(|| panic!("{} {}: no revision: {body}", request.method, request.target));
        if let Some(tag) = answer.header("etag") {
            assert_eq!(tag.trim_matches('"'), told.to_string(), "the entity tag is the revision");
        }
        self.board.told.fetch_max(told, SeqCst);
        self.revision = told;
        let mut record = self.board.record();
        for call in self.refused.drain(..) {
            record.tell(Call { until: told, ..call });
        }
        if body["items"].is_array() {
            record.saw(&body);
            self.seen = record.story.sightings.last().map(|sighting| sighting.list.clone()).unwrap_or_default();
        }
        if request.kind == Kind::Add {
            record.knows(&body);
        }
        if request.kind == Kind::Skip && body["skipped"] != true {
            return;
        }
        let Some(edit) = request.edit else {
            if request.kind == Kind::Skip {
                let item = self.seen.current.or(self.seen.waiting.first().copied());
                record.skipped.extend(item);
            }
            return;
        };
        // What names its own revision has its place; of a skip it is known only that it happened by then.
        let own = match request.kind {
            Kind::Add | Kind::Remove | Kind::Clear => Some(told),
            _ => answer.header("x-queue-revision").and_then(|revision| revision.parse().ok()),
        };
        let (after, until) = own.map_or((after, told), |own: u64| (own.saturating_sub(1), own));
        record.tell(Call { edit, expected: request.expected, after, until, fate: Fate::Done });
    }

    fn was_refused(&mut self, request: &Request, after: u64, error: &str, body: &Value) {
        let why = match error {
            "item_not_found" => Refusal::NotFound,
            "current_item" => Refusal::CurrentItem,
            "position_out_of_range" => Refusal::OutOfRange,
            "queue_full" => Refusal::Full,
            "revision_mismatch" => Refusal::Mismatch,
            _ => panic!("{} {} {:?} was answered {body}", request.method, request.target, request.body),
        };
        let Some(edit) = request.edit else { panic!("{:?} was refused: {body}", request.kind) };
        self.refused.push(Call { edit, expected: request.expected, after, until: u64::MAX, fate: Fate::Refused(why) });
        // What it believes is out of date.
        self.board.told.fetch_max(body["details"]["current_revision"].as_u64().unwrap_or(0), SeqCst);
    }
}
