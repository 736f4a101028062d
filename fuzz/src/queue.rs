//! The queue model against a plain list of numbers: the same answers, the same list, one revision for a change.

use streamcore::{
    ItemId, Outcome, QueueItem, Timestamp,
    queue::{Advance, Error, Finished, Op, Page, Placement, QueueModel, Rules},
};
use streamcore_tests::replay::{Edit, List, Refusal};
use uuid::Uuid;

use crate::bytes::Bytes;

/// Few, so that items meet again and the queue is full now and then.
const ITEMS: usize = 12;
const MAX_ITEMS: usize = 8;

fn id(item: u32) -> ItemId {
    ItemId::new(Uuid::from_u128(item.into()))
}

fn op(edit: Edit) -> Op {
    match edit {
        Edit::Add { item, front } => Op::Add {
            items: vec![QueueItem::file(id(item), "title", "file.mp3", Timestamp::default())],
            placement: if front { Placement::Front } else { Placement::Back },
            rules: Rules::at_most(MAX_ITEMS),
        },
        Edit::Remove { item } => Op::Remove { id: id(item) },
        Edit::Move { item, to } => Op::Move { id: id(item), to },
        Edit::Clear => Op::Clear,
    }
}

fn listed(model: &QueueModel) -> List {
    let number = |item: &QueueItem| item.id.get().as_u128() as u32;
    let view = model.view(Page::ALL);
    let current = view.current.as_ref().map(number);
    List { current, waiting: view.items.iter().skip(usize::from(current.is_some())).map(number).collect() }
}

pub(crate) fn target(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    let (mut model, mut list, mut finished, mut revision) = (QueueModel::default(), List::default(), Vec::new(), 0);
    while !bytes.is_empty() {
        let item = bytes.below(ITEMS) as u32;
        let before = list.clone();
        match bytes.below(8) {
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
                    kind => Edit::Add { item, front: kind == 5 },
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
    let expected = match edit {
        // An add that is repeated changes nothing, also if there is no room.
        Edit::Add { item, .. } if known(item) => Ok(list.clone()),
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
