//! What a client asks next.

use std::sync::atomic::Ordering::SeqCst;

use serde_json::{Value, json};
use streamcore::queue::{Mode, Repeat};
use streamcore_tests::replay::{Edit, requested};

use super::{Board, FILE, client::Client};

/// A kind of operation. One more is a line in [`MIX`] and an arm in [`Client::draw`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Add,
    Batch,
    Remove,
    Move,
    Clear,
    Shuffle,
    Mode,
    Migrate,
    Repeat,
    Undo,
    Restore,
    Skip,
    Read,
}

/// Of a thousand operations so many are of this kind.
const MIX: [(Kind, usize); 13] = [
    (Kind::Add, 260),
    (Kind::Batch, 60),
    (Kind::Remove, 210),
    (Kind::Move, 190),
    (Kind::Clear, 5),
    (Kind::Shuffle, 20),
    (Kind::Mode, 15),
    (Kind::Migrate, 15),
    (Kind::Repeat, 10),
    (Kind::Undo, 40),
    (Kind::Restore, 10),
    (Kind::Skip, 35),
    (Kind::Read, 130),
];

/// An operation on its way.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) kind: Kind,
    pub(super) method: &'static str,
    pub(super) target: String,
    pub(super) body: Option<Value>,
    /// What it does to the list; none for what only reads, and for a skip of a stream that plays.
    pub(super) edit: Option<Edit>,
    /// The revision that it names.
    pub(super) expected: Option<u64>,
    /// The key under which it may come again.
    pub(super) key: Option<String>,
}

fn body_of(item: u32) -> Value {
    let (requester, tier) = requested(item);
    json!({"url": FILE, "title": item.to_string(), "requested_by": requester, "tier": tier})
}

impl Client<'_> {
    pub(super) fn draw(&mut self) -> Request {
        let mut lot = self.random.below(MIX.iter().map(|(_, share)| share).sum());
        let drawn = MIX.iter().find(|(_, share)| {
            let hit = lot < *share;
            lot = lot.saturating_sub(*share);
            hit
        });
        // Who was refused looks before it goes on, as people do.
        let kind = drawn.filter(|_| self.refused.is_empty()).map_or(Kind::Read, |(kind, _)| *kind);
        let mut request = self.request(kind).unwrap_or_else(read);
        let conditional = !matches!(request.kind, Kind::Read | Kind::Skip) && self.random.percent(15);
        if conditional {
            request.expected = Some(self.revision);
        } else if matches!(request.kind, Kind::Add | Kind::Batch | Kind::Shuffle | Kind::Undo | Kind::Restore)
            && !self.board.plays
            && self.random.percent(40)
        {
            self.keys += 1;
            request.key = Some(format!("client-{}-{}", self.name, self.keys));
        }
        request
    }

    fn request(&mut self, kind: Kind) -> Option<Request> {
        let queue = "/api/v1/queue/1";
        let plays = self.board.plays;
        let request = |method, target: String, body, edit| {
            Some(Request { kind, method, target, body, edit, expected: None, key: None })
        };
        match kind {
            Kind::Read => Some(read()),
            // What is repeated while a stream plays is a new item, which nobody has numbered. And what may do anything to the list cannot be
            // told apart from everything else that a kill cut off: too many orders would have to be tried.
            Kind::Batch | Kind::Repeat | Kind::Shuffle | Kind::Mode | Kind::Migrate | Kind::Undo | Kind::Restore
                if plays =>
            {
                None
            }
            Kind::Add => {
                let (item, front) = (self.board.numbers(1), self.random.percent(25));
                let edit = Edit::Add { item, front };
                request("POST", format!("{queue}/items?priority={front}"), Some(body_of(item)), Some(edit))
            }
            Kind::Batch => {
                let (count, front) = (1 + self.random.below(6) as u32, self.random.percent(25));
                let edit = Edit::Batch { first: self.board.numbers(count), count, front };
                let items: Vec<_> = edit.adds().map(body_of).collect();
                let body = json!({"items": items, "priority": front});
                request("POST", format!("{queue}/items/batch"), Some(body), Some(edit))
            }
            Kind::Remove => {
                let (item, id) = self.any_item()?;
                request("DELETE", format!("{queue}/items/{id}"), None, Some(Edit::Remove { item }))
            }
            Kind::Move => {
                let (item, id) = self.any_item()?;
                let to = self.random.below(self.seen.total() + 2);
                let target = format!("{queue}/items/{id}/move?limit=100");
                request("PATCH", target, Some(json!({"position": to})), Some(Edit::Move { item, to }))
            }
            Kind::Clear => request("DELETE", queue.to_owned(), None, Some(Edit::Clear)),
            Kind::Shuffle => {
                let seed = self.random.number() >> 16;
                let body = json!({"seed": seed});
                request("POST", format!("{queue}/shuffle?limit=100"), Some(body), Some(Edit::Shuffle { seed }))
            }
            Kind::Mode => {
                let mode = *self.random.pick(Mode::ALL)?;
                request("PUT", format!("{queue}/mode"), Some(json!({"mode": mode})), Some(Edit::SetMode { mode }))
            }
            Kind::Migrate => {
                let (from, to) = (self.board.record().mode, *self.random.pick(Mode::ALL)?);
                let target = format!("{queue}/migrate?from_mode={}&to_mode={}", from.as_str(), to.as_str());
                request("POST", target, None, Some(Edit::Migrate { from, to }))
            }
            Kind::Repeat => {
                let repeat = *self.random.pick(Repeat::ALL)?;
                let body = json!({"repeat": repeat});
                request("PUT", format!("{queue}/repeat"), Some(body), Some(Edit::Repeat { repeat }))
            }
            Kind::Undo => request("POST", format!("{queue}/undo?limit=100"), None, Some(Edit::Undo)),
            Kind::Restore => request("POST", format!("{queue}/restore?limit=100"), None, Some(Edit::Restore)),
            Kind::Skip => {
                let item = self.seen.current.or(self.seen.waiting.first().copied())?;
                let body = json!({"item_id": self.id(item)?});
                request("POST", format!("{queue}/skip"), Some(body), (!plays).then_some(Edit::Remove { item }))
            }
        }
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
}

fn read() -> Request {
    Request {
        kind: Kind::Read,
        method: "GET",
        target: "/api/v1/queue/1?limit=100".to_owned(),
        body: None,
        edit: None,
        expected: None,
        key: None,
    }
}

impl Board {
    /// So many new numbers in a row; the first.
    fn numbers(&self, count: u32) -> u32 {
        self.numbers.fetch_add(count, SeqCst)
    }
}
