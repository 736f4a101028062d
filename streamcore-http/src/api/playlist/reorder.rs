//! `PATCH /api/playlist/reorder`: gives items other places. Items that are not in the list (any more) are passed over, and the current item
//! stays where it is.
//!
//! The queue has no one step for it: each item is moved by itself, and what others do meanwhile stays done.

use std::collections::BTreeMap;

use streamcore::{
    ItemId,
    queue::{self, Change, Op, Page},
};

use crate::{
    edge::{Answer, Call, Condition, respond},
    wire::{Reorder, Reordered},
};

/// The longest body: room for that many places.
pub(crate) const MAX_BODY_BYTES: usize = 256 * 1024;

/// How many items of the list are looked at.
const MAX_ITEMS: usize = 1_000;

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = super::stream(&call).await?;
    let wanted = Reorder::read(call.fields()?)?;
    let queue = &call.app.queue;
    let view = queue.view(stream, Page { offset: 0, limit: MAX_ITEMS }).await?;
    let condition = call.if_match();
    condition.check(view.revision)?;
    let mut expected = (condition != Condition::None).then_some(view.revision);
    let places: BTreeMap<ItemId, usize> = wanted.places.into_iter().collect();
    let mut listed: Vec<ItemId> = view.items.iter().map(|item| item.id).collect();
    let updated = listed.iter().filter(|id| places.contains_key(id)).count();
    let first = usize::from(view.current.is_some());
    let mut revision = view.revision;
    for (to, id) in in_order(&listed, first, &places).into_iter().enumerate() {
        let to = to + first;
        if listed.get(to) == Some(&id) {
            continue;
        }
        // Who names a revision means the list as it was then; from the first move on it is another.
        let change = Change { op: Op::Move { id, to }, expected: expected.take(), request: None };
        match queue.apply(stream, change).await {
            Ok(applied) => revision = applied.revision,
            // Played or removed meanwhile: there is nothing left to move.
            Err(queue::Error::NotFound { .. } | queue::Error::CurrentItem { .. } | queue::Error::OutOfRange { .. }) => {
            }
            Err(error) => return Err(error.into()),
        }
        listed.retain(|other| *other != id);
        listed.insert(to.min(listed.len()), id);
    }
    Ok(respond::tagged(respond::json(&Reordered { ok: true, updated })?, revision))
}

/// The waiting items in the order of the places that are wanted for them; one for which none is wanted keeps the one it has.
fn in_order(listed: &[ItemId], first: usize, places: &BTreeMap<ItemId, usize>) -> Vec<ItemId> {
    let waiting = listed.iter().enumerate().skip(first);
    // Of two that want one place the one that was moved there comes first.
    let mut waiting: Vec<_> = waiting
        .map(|(at, id)| match places.get(id) {
            Some(place) => (*place, usize::from(*place > at) * 2, *id),
            None => (at, 1, *id),
        })
        .collect();
    waiting.sort_by_key(|(place, rank, _)| (*place, *rank));
    waiting.into_iter().map(|(_, _, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> ItemId {
        ItemId::new(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn items_go_where_they_are_wanted_and_others_close_up() {
        let listed: Vec<_> = (0..5).map(id).collect();
        for (first, places, expected) in [
            (0, vec![(4, 0)], [4, 0, 1, 2, 3].as_slice()),
            (0, vec![(0, 4)], &[1, 2, 3, 4, 0]),
            (0, vec![(0, 2)], &[1, 2, 0, 3, 4]),
            (0, vec![(3, 1)], &[0, 3, 1, 2, 4]),
            (0, (0..5).map(|n| (n, 4 - usize::try_from(n).unwrap())).collect(), &[4, 3, 2, 1, 0]),
            (0, vec![(9, 0), (1, 99)], &[0, 2, 3, 4, 1]),
            (1, vec![(0, 3), (4, 1)], &[4, 1, 2, 3]),
        ] {
            let places = places.into_iter().map(|(n, place)| (id(n), place)).collect();
            let expected: Vec<_> = expected.iter().map(|n| id(*n)).collect();
            assert_eq!(in_order(&listed, first, &places), expected);
        }
    }
}
