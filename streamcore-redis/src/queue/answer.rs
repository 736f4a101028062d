//! What the scripts answered.

use std::{collections::BTreeMap, time::Duration};

use streamcore::{
    ItemId, QueueItem, Revision, Timestamp,
    queue::{Applied, EditKind, Error, HistoryPage, Mode, Op, Placed, Playtime, QueueView, Repeat},
};

use super::{Outcome, codec, current};
use crate::{
    error::{Corrupt, Fault},
    keys::Tagged,
    reply::Reply,
};

pub(super) fn applied(mut reply: Reply, tag: &Tagged, op: &Op) -> Outcome<Applied> {
    let word = reply.required()?;
    if word != "ok" {
        return Err(Fault::Refused(refusal(&word, &mut reply, op)?));
    }
    let changed = reply.required()? == "1";
    let revision = Revision::new(reply.parse()?);
    let total = reply.parse()?;
    let undone = kind(&mut reply)?;
    let sent: BTreeMap<ItemId, &QueueItem> = match op {
        Op::Add { items, .. } => items.iter().rev().map(|item| (item.id, item)).collect(),
        _ => BTreeMap::new(),
    };
    let mut placed = Vec::new();
    while reply.len() > 0 {
        let (id, position, record) = (reply.required()?, reply.parse()?, reply.required()?);
        let item = match id.parse().ok().and_then(|id| sent.get(&id)) {
            Some(item) if record.is_empty() => (*item).clone(),
            _ => codec::item(&tag.key("items"), &id, &record)?,
        };
        placed.push(Placed { item, position });
    }
    Ok(Applied { revision, changed, placed, total, undone })
}

fn refusal(word: &str, reply: &mut Reply, op: &Op) -> Outcome<Error> {
    let rules = match op {
        Op::Add { rules, .. } => Some(rules),
        _ => None,
    };
    Ok(match word {
        "revision_mismatch" => Error::RevisionMismatch { current: Revision::new(reply.parse()?) },
        "not_found" => Error::NotFound { item: reply.parse()? },
        "current_item" => Error::CurrentItem { item: reply.parse()? },
        "out_of_range" => Error::OutOfRange { min: reply.parse()?, max: reply.parse()? },
        "limit_reached" => {
            let limit = match op {
                Op::Restore { max_items } => *max_items,
                _ => rules.map_or(0, |rules| rules.max_items),
            };
            Error::LimitReached { limit }
        }
        "quota_reached" => {
            let limit = rules.and_then(|rules| rules.max_per_requester).unwrap_or_default();
            Error::QuotaReached { index: reply.parse()?, limit }
        }
        "duplicate" => Error::Duplicate { index: reply.parse()?, of: reply.parse()? },
        "cooldown" => {
            let (index, at) = (reply.parse()?, Timestamp::from_millis(reply.parse()?));
            Error::Cooldown { index, until: at + rules.and_then(|rules| rules.cooldown).unwrap_or_default() }
        }
        "mode_mismatch" => {
            let name = reply.required()?;
            Error::ModeMismatch { mode: Mode::named(&name).ok_or_else(|| reply.unexpected("an unknown mode"))? }
        }
        "nothing_to_undo" => Error::NothingToUndo,
        "nothing_to_restore" => Error::NothingToRestore,
        other => return Err(reply.unexpected(format!("{other:?} is no answer")).into()),
    })
}

fn kind(reply: &mut Reply) -> Result<Option<EditKind>, Corrupt> {
    let name = reply.required()?;
    if name.is_empty() {
        return Ok(None);
    }
    let kind = serde_json::from_value(serde_json::Value::String(name));
    kind.map(Some).map_err(|error| reply.unexpected(error))
}

pub(super) fn view(mut reply: Reply, tag: &Tagged) -> Outcome<QueueView> {
    let revision = Revision::new(reply.parse()?);
    let (mode, repeat) = (reply.required()?, reply.required()?);
    let (undo, restorable, total) = (kind(&mut reply)?, reply.parse()?, reply.parse()?);
    let ahead = playtime(&mut reply)?;
    let current = current(&mut reply, tag)?;
    let key = tag.key("items");
    let mut items = Vec::with_capacity(reply.len() / 2);
    while reply.len() > 0 {
        let (id, record) = (reply.required()?, reply.required()?);
        items.push(codec::item(&key, &id, &record)?);
    }
    Ok(QueueView {
        revision,
        current,
        items,
        total,
        ahead,
        mode: Mode::named(&mode).ok_or_else(|| reply.unexpected("an unknown mode"))?,
        repeat: Repeat::named(&repeat).ok_or_else(|| reply.unexpected("an unknown repeat"))?,
        undo,
        restorable,
    })
}

/// High and low half of the seconds, nanoseconds, and how many are of unknown length.
fn playtime(reply: &mut Reply) -> Result<Playtime, Corrupt> {
    let (high, low, nanos): (u128, u128, u128) = (reply.parse()?, reply.parse()?, reply.parse()?);
    let unknown = reply.parse()?;
    let seconds = (high << 32) + low + nanos / 1_000_000_000;
    let rest = u32::try_from(nanos % 1_000_000_000).unwrap_or_default();
    let known = u64::try_from(seconds).map_or(Duration::MAX, |seconds| Duration::new(seconds, rest));
    Ok(Playtime { known, unknown })
}

pub(super) fn history(mut reply: Reply, tag: &Tagged) -> Outcome<HistoryPage> {
    let total = reply.parse()?;
    let more = reply.required()? == "1";
    let key = tag.key("history");
    let mut entries = Vec::with_capacity(reply.len() / 2);
    while reply.len() > 0 {
        let (seq, entry) = (reply.parse()?, reply.required()?);
        entries.push(codec::history_entry(&key, seq, &entry)?);
    }
    let next = entries.last().filter(|_| more).map(|entry: &streamcore::queue::HistoryEntry| entry.seq);
    Ok(HistoryPage { entries, next, total })
}
