//! Carries an order out once more and looks for a moment at which each refusal was right.

use super::{Call, Fate, Order, Refusal, Step, Story, state::State};

pub(super) fn verify(story: &Story, order: &Order) -> Result<(), String> {
    let mut state = State::default();
    let mut refused: Vec<(&Call, Refusal)> = Vec::new();
    for call in &story.calls {
        if let Fate::Refused(why) = call.fate {
            refused.push((call, why));
        }
    }
    for revision in 0..=story.last {
        refused.retain(|(call, why)| !was_right(call, *why, revision, &state, order, story));
        match order.steps.get(revision as usize) {
            Some(Step::Call(index)) => {
                let edit = story.calls[*index].edit;
                state.apply(story, edit).map_err(|why| format!("{edit:?} at revision {revision}: {why:?}"))?;
            }
            Some(Step::Advance) => state.advance(story),
            None => {}
        }
    }
    let wrong = refused.first();
    wrong.map_or(Ok(()), |(call, _)| Err(format!("there was no moment at which this refusal was right: {call:?}")))
}

fn was_right(call: &Call, why: Refusal, revision: u64, state: &State, order: &Order, story: &Story) -> bool {
    if !(call.after..=call.until).contains(&revision) {
        return false;
    }
    if why == Refusal::Mismatch {
        return call.expected.is_some_and(|expected| expected != revision);
    }
    if call.edit.is_plain() {
        let list = order.lists.get(revision as usize);
        return list.is_some_and(|list| list.after(call.edit, story.max_items) == Err(why));
    }
    state.told(story, call.edit) == Err(why)
}
