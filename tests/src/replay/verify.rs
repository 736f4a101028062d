//! Carries an order out on the model that says what correct is, and looks for a moment at which each refusal was right.

use streamcore::{
    ItemId, Outcome, QueueItem, Timestamp,
    queue::{Advance, Change, Finished, Op, Page, Placement, QueueModel, Rules},
};
use uuid::Uuid;

use super::{Call, Edit, Fate, List, Order, Refusal, Step, Story};

pub(super) fn verify(story: &Story, order: &Order) -> Result<(), String> {
    let mut model = QueueModel::default();
    for (revision, step) in (1_u64..).zip(&order.steps) {
        let led_to = match step {
            Step::Call(index) => {
                let call = &story.calls[*index];
                let change = Change::from(op(call.edit, story.max_items));
                let applied =
                    model.apply(change).map_err(|error| format!("{call:?} at revision {revision}: {error}"))?;
                if !applied.changed {
                    return Err(format!("{call:?} does not lead to revision {revision}: it changes nothing"));
                }
                applied.revision.get()
            }
            Step::Advance => {
                let item = model.view(Page { offset: 0, limit: 0 }).current.map(|current| current.id);
                let finished = item.map(|item| Finished { item, outcome: Outcome::Played });
                model.advance(Advance { finished, next: None, at: Timestamp::default() }).revision.get()
            }
        };
        let list = listed(&model);
        if led_to != revision || order.lists.get(revision as usize) != Some(&list) {
            return Err(format!("the model is at revision {led_to} with {list:?} where revision {revision} was found"));
        }
    }
    for sighting in &story.sightings {
        if order.lists.get(sighting.revision as usize) != Some(&sighting.list) {
            return Err(format!("{sighting:?} was seen and is in no order"));
        }
    }
    let wrong = story.calls.iter().find(|call| !was_right(call, order, story.max_items));
    wrong.map_or(Ok(()), |call| Err(format!("there was no moment at which this refusal was right: {call:?}")))
}

fn op(edit: Edit, max_items: usize) -> Op {
    match edit {
        Edit::Add { item, front } => {
            let placement = if front { Placement::Front } else { Placement::Back };
            let item = QueueItem::file(id(item), "", "", Timestamp::default());
            Op::Add { items: vec![item], placement, rules: Rules::at_most(max_items) }
        }
        Edit::Remove { item } => Op::Remove { id: id(item) },
        Edit::Move { item, to } => Op::Move { id: id(item), to },
        Edit::Clear => Op::Clear,
    }
}

fn id(item: u32) -> ItemId {
    ItemId::new(Uuid::from_u128(item.into()))
}

fn listed(model: &QueueModel) -> List {
    let number = |item: &QueueItem| u32::try_from(item.id.get().as_u128()).unwrap_or(u32::MAX);
    let view = model.view(Page::ALL);
    let current = view.current.as_ref().map(number);
    let waiting = view.items.iter().skip(usize::from(current.is_some())).map(number).collect();
    List { current, waiting }
}

fn was_right(call: &Call, order: &Order, max_items: usize) -> bool {
    let Fate::Refused(why) = call.fate else { return true };
    (call.after..=call.until).any(|revision| {
        let Some(list) = order.lists.get(revision as usize) else { return false };
        match why {
            Refusal::Mismatch => call.expected.is_some_and(|expected| expected != revision),
            why => list.after(call.edit, max_items) == Err(why),
        }
    })
}
