//! `PATCH /api/playlist/reorder`: gives items other places. Items that are not in the list (any more) are passed over, and the current item
//! stays where it is.
//!
//! The queue has no one step for it: each item that is out of place is moved by itself, and what others do meanwhile stays done. Who names a
//! revision is stopped by it, with the moves before it done.

use std::collections::{BTreeMap, BTreeSet};

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
    let listed: Vec<ItemId> = view.items.iter().map(|item| item.id).collect();
    let updated = listed.iter().filter(|id| places.contains_key(id)).count();
    let first = usize::from(view.current.is_some());
    let mut revision = view.revision;
    for (id, to) in moves(&listed, first, &in_order(&listed, first, &places)) {
        let change = Change { op: Op::Move { id, to }, expected, request: None };
        match queue.apply(stream, change).await {
            // Who names a revision means the list as it was then, and as each move leaves it.
            Ok(applied) => {
                revision = applied.revision;
                expected = expected.map(|_| revision);
            }
            // Played or removed meanwhile: there is nothing left to move.
            Err(queue::Error::NotFound { .. } | queue::Error::CurrentItem { .. } | queue::Error::OutOfRange { .. }) => {
            }
            Err(error) => return Err(error.into()),
        }
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

/// The moves, one after the other, that put the waiting items into an order; as few as there can be.
fn moves(listed: &[ItemId], first: usize, wanted: &[ItemId]) -> Vec<(ItemId, usize)> {
    let stay = staying(listed, wanted);
    let mut listed = listed.to_vec();
    let (mut moves, mut before) = (Vec::new(), None);
    for id in wanted {
        if !stay.contains(id) {
            listed.retain(|other| other != id);
            // Right behind the one that comes before it, which is where it should be by now.
            let to =
                before.and_then(|before| listed.iter().position(|other| other == before)).map_or(first, |at| at + 1);
            listed.insert(to, *id);
            moves.push((*id, to));
        }
        before = Some(id);
    }
    moves
}

/// As many items as there can be that need not be moved, as they come one after the other in both orders.
fn staying(listed: &[ItemId], wanted: &[ItemId]) -> BTreeSet<ItemId> {
    let at: BTreeMap<&ItemId, usize> = listed.iter().enumerate().map(|(at, id)| (id, at)).collect();
    let places: Vec<usize> = wanted.iter().map(|id| at.get(id).copied().unwrap_or_default()).collect();
    // Of the runs of each length, which item ends the one that ends first; and of each item, which comes before it in its run.
    let (mut ends, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    for (n, place) in places.iter().enumerate() {
        let length = ends.partition_point(|end| places[*end] < *place);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = n,
            None => ends.push(n),
        }
    }
    std::iter::successors(ends.last().copied(), |n| before[*n]).map(|n| wanted[n]).collect()
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

    #[test]
    fn as_few_items_are_moved_as_there_can_be() {
        for (first, wanted, count) in [
            (0, [0, 1, 2, 3, 4].as_slice(), 0),
            (0, &[1, 2, 3, 4, 0], 1),
            (0, &[4, 0, 1, 2, 3], 1),
            (0, &[1, 0, 2, 4, 3], 2),
            (0, &[4, 3, 2, 1, 0], 4),
            (1, &[4, 1, 2, 3], 1),
            (1, &[3, 4, 1, 2], 2),
        ] {
            let mut listed: Vec<_> = (0..5).map(id).collect();
            let wanted: Vec<_> = wanted.iter().map(|n| id(*n)).collect();
            let moves = moves(&listed, first, &wanted);
            assert_eq!(moves.len(), count, "{wanted:?}");
            for (id, to) in moves {
                listed.retain(|other| *other != id);
                listed.insert(to, id);
            }
            assert_eq!(listed[first..], wanted);
        }
    }
}
