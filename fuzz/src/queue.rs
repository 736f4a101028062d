//! The queue model against a plain list of numbers: the same answers, the same list, one revision for a change. And with everything that an
//! admin may do, what the list cannot say: nothing is lost, doubled or made up, and an edit that is refused changes nothing.

use std::collections::BTreeSet;

use streamcore::{
    ItemId, Outcome, QueueItem, RequestId, Timestamp,
    queue::{Advance, Change, Error, Finished, Mode, Op, Page, Placement, QueueModel, Repeat, Rules, UNDO_LIMIT},
};
use streamcore_tests::replay::{Edit, List, Refusal, requested};
use uuid::Uuid;

use crate::bytes::Bytes;

/// Few, so that items meet again and the queue is full now and then.
const ITEMS: usize = 12;
const MAX_ITEMS: usize = 8;

fn id(item: u32) -> ItemId {
    ItemId::new(Uuid::from_u128(item.into()))
}

fn item(number: u32) -> QueueItem {
    let (requester, tier) = requested(number);
    let at = Timestamp::from_millis(u64::from(number));
    QueueItem { requested_by: Some(requester), tier, ..QueueItem::file(id(number), "title", "file.mp3", at) }
}

fn op(edit: Edit) -> Op {
    match edit {
        Edit::Add { front, .. } | Edit::Batch { front, .. } => Op::Add {
            items: edit.adds().map(item).collect(),
            placement: if front { Placement::Front } else { Placement::Back },
            rules: Rules::at_most(MAX_ITEMS),
        },
        Edit::Remove { item } => Op::Remove { id: id(item) },
        Edit::Move { item, to } => Op::Move { id: id(item), to },
        Edit::Clear => Op::Clear,
        Edit::Shuffle { seed } => Op::Shuffle { seed },
        Edit::SetMode { mode } => Op::SetMode { mode },
        Edit::Migrate { from, to } => Op::Migrate { from: Some(from), to },
        Edit::Repeat { repeat } => Op::SetRepeat { repeat },
        Edit::Undo => Op::Undo,
        Edit::Restore => Op::Restore { max_items: MAX_ITEMS },
    }
}

fn listed(model: &QueueModel) -> List {
    let number = |item: &QueueItem| item.id.get().as_u128() as u32;
    let view = model.view(Page::ALL);
    let current = view.current.as_ref().map(number);
    List { current, waiting: view.items.iter().skip(usize::from(current.is_some())).map(number).collect() }
}

/// Edits that a list can follow.
pub(crate) fn target(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    let (mut model, mut list, mut finished, mut revision) = (QueueModel::default(), List::default(), Vec::new(), 0);
    while !bytes.is_empty() {
        let item = bytes.below(ITEMS) as u32;
        let before = list.clone();
        match bytes.below(10) {
            0 => {
                let wrong = bytes.below(4) == 0;
                let current = if wrong { Some(item) } else { list.current };
                let done = current.map(|item| Finished { item: id(item), outcome: Outcome::Played });
                let right = current == list.current;
                model.advance(Advance { finished: done, next: None, at: Timestamp::default() });
                if let Some((after, done)) = list.advanced().filter(|_| right) {
                    list = after;
                    finished.extend(done);
                }
            }
            1 => {
                model.release(id(item));
                if let Some(current) = list.current.take_if(|current| *current == item) {
                    list.waiting.insert(0, current);
                }
            }
            kind => {
                let edit = match kind {
                    2 => Edit::Remove { item },
                    3 => Edit::Move { item, to: bytes.below(MAX_ITEMS + 2) },
                    4 if bytes.below(4) == 0 => Edit::Clear,
                    5 if bytes.below(4) == 0 => Edit::Shuffle { seed: bytes.long() },
                    6 => Edit::Batch { first: item, count: bytes.below(4) as u32, front: bytes.below(2) == 0 },
                    kind => Edit::Add { item, front: kind == 7 },
                };
                list = edited(&mut model, list, &finished, edit);
            }
        }
        revision += u64::from(list != before);
        assert_eq!(listed(&model), list);
        assert_eq!(model.view(Page::ALL).revision.get(), revision, "one revision for one change");
        assert_eq!(model.history(None, usize::MAX).total, finished.len());
    }
}

/// Edits both; returns the list after it.
fn edited(model: &mut QueueModel, list: List, finished: &[u32], edit: Edit) -> List {
    let known = |item: u32| finished.contains(&item) || list.items().any(|listed| listed == item);
    let fresh: Vec<u32> = edit.adds().filter(|item| !known(*item)).collect();
    let expected = match edit {
        // What is added again is recognised, also if there is no room; the rest of a batch goes where all of it would have gone.
        Edit::Add { front, .. } | Edit::Batch { front, .. } => {
            let mut after = list.clone();
            let at = if front { 0 } else { after.waiting.len() };
            after.waiting.splice(at..at, fresh.iter().copied());
            if after.total() > MAX_ITEMS && !fresh.is_empty() { Err(Refusal::Full) } else { Ok(after) }
        }
        edit => list.after(edit, MAX_ITEMS),
    };
    let told = model.apply(op(edit).into());
    match (&told, &expected) {
        (Ok(applied), Ok(after)) => assert_eq!(applied.changed, *after != list, "{edit:?}"),
        (Err(Error::NotFound { .. }), Err(Refusal::NotFound))
        | (Err(Error::CurrentItem { .. }), Err(Refusal::CurrentItem))
        | (Err(Error::OutOfRange { .. }), Err(Refusal::OutOfRange))
        | (Err(Error::LimitReached { .. }), Err(Refusal::Full)) => {}
        _ => panic!("{edit:?} of {list:?} is answered {told:?}, expected {expected:?}"),
    }
    expected.unwrap_or(list)
}

/// Whatever admins may do, in any mode, with requests that come again.
pub(crate) fn every_op(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    let mut model = QueueModel::default();
    let (mut repeats, mut added) = (false, BTreeSet::new());
    let mut asked: Vec<Change> = Vec::new();
    while !bytes.is_empty() {
        let before = model.clone();
        let seen = before.view(Page::ALL);
        match bytes.below(12) {
            0 | 1 => {
                let outcome = [Outcome::Played, Outcome::Skipped, Outcome::Interrupted][bytes.below(3)].clone();
                let finished = seen.current.as_ref().map(|item| Finished { item: item.id, outcome });
                let next = if bytes.below(4) == 0 { Some(id(bytes.below(ITEMS) as u32)) } else { None };
                let at = Timestamp::from_millis(bytes.byte().into());
                let told = model.advance(Advance { finished, next, at });
                assert_eq!(told.changed, model != before, "{told:?}");
            }
            2 => drop(model.release(id(bytes.below(ITEMS) as u32))),
            3 if !asked.is_empty() => {
                // The same request once more: nothing happens, whatever it expects.
                let change = asked[bytes.below(asked.len())].clone();
                let told = model.apply(change.clone());
                assert!(told.as_ref().is_ok_and(|told| !told.changed), "{change:?} again: {told:?}");
                assert_eq!(model, before);
            }
            _ => {
                let edit = any_edit(&mut bytes);
                let request = if bytes.below(3) == 0 {
                    Some(RequestId::new(Uuid::from_u128(1_000 + asked.len() as u128)))
                } else {
                    None
                };
                let change = Change { op: op(edit), expected: None, request };
                repeats |= matches!(edit, Edit::Repeat { repeat } if repeat != Repeat::Off);
                let told = model.apply(change.clone());
                after_edit(edit, &told, &before, &model);
                if told.is_ok() {
                    added.extend(edit.adds().map(id));
                    asked.extend(request.map(|_| change));
                    let forgotten = asked.len().saturating_sub(streamcore::queue::REQUESTS_REMEMBERED);
                    asked.drain(..forgotten);
                }
            }
        }
        laws(&model, &before, repeats, &added);
    }
}

fn any_edit(bytes: &mut Bytes<'_>) -> Edit {
    let item = bytes.below(ITEMS) as u32;
    match bytes.below(14) {
        0 => Edit::Remove { item },
        1 => Edit::Move { item, to: bytes.below(MAX_ITEMS + 2) },
        2 => Edit::Clear,
        3 => Edit::Shuffle { seed: bytes.long() },
        4 => Edit::SetMode { mode: Mode::ALL[bytes.below(3)] },
        5 => Edit::Migrate { from: Mode::ALL[bytes.below(3)], to: Mode::ALL[bytes.below(3)] },
        6 => Edit::Repeat { repeat: Repeat::ALL[bytes.below(3)] },
        7 | 8 => Edit::Undo,
        9 => Edit::Restore,
        10 => Edit::Batch { first: item, count: bytes.below(5) as u32, front: bytes.below(2) == 0 },
        kind => Edit::Add { item, front: kind == 11 },
    }
}

fn after_edit(edit: Edit, told: &Result<streamcore::queue::Applied, Error>, before: &QueueModel, model: &QueueModel) {
    let (was, is) = (before.view(Page::ALL), model.view(Page::ALL));
    let ids = |items: &[QueueItem]| items.iter().map(|item| item.id).collect::<BTreeSet<_>>();
    let Ok(applied) = told else {
        assert_eq!(model, before, "{edit:?} was refused ({told:?}) and changed something");
        return;
    };
    assert_eq!(applied.changed, was.revision != is.revision, "{edit:?}: {applied:?}");
    assert_eq!(was.current, is.current, "{edit:?} touched the current item");
    assert_eq!((applied.total, applied.revision), (is.total, is.revision), "{edit:?}");
    match edit {
        Edit::Shuffle { .. }
        | Edit::Migrate { .. }
        | Edit::SetMode { .. }
        | Edit::Repeat { .. }
        | Edit::Move { .. } => {
            assert_eq!(ids(&was.items), ids(&is.items), "{edit:?} lost or made up something");
        }
        Edit::Add { .. } | Edit::Batch { .. } | Edit::Restore => {
            assert!(ids(&is.items).is_superset(&ids(&was.items)), "{edit:?} lost something");
            let of_before = |items: &[QueueItem]| -> Vec<_> {
                items.iter().map(|item| item.id).filter(|item| ids(&was.items).contains(item)).collect()
            };
            assert_eq!(of_before(&is.items), of_before(&was.items), "{edit:?} changed the order of others");
        }
        Edit::Remove { item } => assert!(is.total + 1 == was.total && !ids(&is.items).contains(&id(item))),
        Edit::Clear => assert_eq!(is.total, usize::from(is.current.is_some())),
        // The right one is taken back: as it was, as nothing happened in between.
        Edit::Undo => assert_eq!(applied.undone, was.undo),
    }
    if applied.changed && edit != Edit::Undo {
        let mut back = model.clone();
        let undone = back.apply(Op::Undo.into());
        assert!(undone.as_ref().is_ok_and(|undone| undone.undone == is.undo), "{undone:?}");
        let view = back.view(Page::ALL);
        let order = |items: &[QueueItem]| items.iter().map(|item| item.id).collect::<Vec<_>>();
        // What undo brings back may have been played by then, but not here.
        assert_eq!(order(&view.items), order(&was.items), "taking back {edit:?} of {before:?}");
        assert_eq!((view.mode, view.repeat), (was.mode, was.repeat), "taking back {edit:?}");
    }
}

fn laws(model: &QueueModel, before: &QueueModel, repeats: bool, added: &BTreeSet<ItemId>) {
    let (view, history) = (model.view(Page::ALL), model.history(None, usize::MAX));
    let step = view.revision.get() - before.view(Page { offset: 0, limit: 0 }).revision.get();
    let same = view == before.view(Page::ALL) && history == before.history(None, usize::MAX);
    assert!(step <= 1 && (step == 0) == same, "one revision for one change, not {step}");
    assert_eq!(view.total, view.items.len());
    assert!(view.total <= MAX_ITEMS + 1 + UNDO_LIMIT * MAX_ITEMS, "{} items", view.total);
    let all = view.items.iter().chain(history.entries.iter().map(|entry| &entry.item)).map(|item| item.id);
    let ids: BTreeSet<_> = all.clone().collect();
    assert_eq!(ids.len(), all.count(), "an item is in two places");
    assert!(repeats || ids.is_subset(added), "an item that nobody added");
    assert!(history.entries.iter().rev().zip(1..).all(|(entry, seq)| entry.seq == seq), "the history has a gap");
}
