//! How many changes it takes at least from one list to another: what keeps the search from trying what cannot end well.

use std::collections::HashMap;

use super::{Edit, Fate, List, Story};

/// Which calls could bring an item, take it out, or take everything out.
pub(super) struct Means<'a> {
    story: &'a Story,
    adds: HashMap<u32, usize>,
    removes: HashMap<u32, Vec<usize>>,
    clears: Vec<usize>,
}

impl<'a> Means<'a> {
    pub(super) fn new(story: &'a Story) -> Self {
        let mut means = Self { story, adds: HashMap::new(), removes: HashMap::new(), clears: Vec::new() };
        for (index, call) in story.calls.iter().enumerate().filter(|(_, call)| !matches!(call.fate, Fate::Refused(_))) {
            match call.edit {
                Edit::Add { item, .. } => drop(means.adds.insert(item, index)),
                Edit::Remove { item } => means.removes.entry(item).or_default().push(index),
                Edit::Clear => means.clears.push(index),
                Edit::Move { .. } => {}
            }
        }
        means
    }

    /// The least number of changes from `here` at revision `from` to `there` at revision `to`; none if there is no way at all.
    pub(super) fn least(&self, here: &List, from: u64, there: &List, to: u64, used: &[bool]) -> Option<usize> {
        let open = |index: &usize| {
            let call = &self.story.calls[*index];
            !used[*index] && call.until > from && call.after < to
        };
        let place: HashMap<u32, usize> = there.items().enumerate().map(|(place, item)| (item, place)).collect();
        let can_clear = self.clears.iter().any(open);
        let (mut leaving, mut fronts, mut backs) = (0, Vec::new(), Vec::new());
        for item in here.items().filter(|item| !place.contains_key(item)) {
            let can_leave =
                self.story.plays || can_clear || self.removes.get(&item).is_some_and(|all| all.iter().any(open));
            if !can_leave {
                return None;
            }
            leaving += 1;
        }
        for (item, place) in there.items().zip(0..).filter(|(item, _)| !here.items().any(|present| present == *item)) {
            let index = self.adds.get(&item).filter(|index| open(index))?;
            match self.story.calls[*index].edit {
                Edit::Add { front: true, .. } => fronts.push(place),
                _ => backs.push(place),
            }
        }
        let coming = fronts.len() + backs.len();
        // What is not moved keeps its order: what comes in front goes ahead of it, what comes behind goes behind.
        let staying = here.items().filter_map(|item| place.get(&item).copied());
        let mut order: Vec<usize> = fronts.into_iter().chain(staying).chain(backs).collect();
        if there.current.is_some() {
            // It may have become current before others came in front.
            order.retain(|place| *place > 0);
            order.insert(0, 0);
        }
        let moves = order.len() - longest_rise(&order);
        let one_by_one = leaving + coming + moves;
        // If it is cleared on the way, nothing that waits now is there in the end, but for one that became current before.
        let mut waiting = here.waiting.iter().filter(|item| place.contains_key(item) && there.current != Some(**item));
        Some(if can_clear && waiting.next().is_none() { one_by_one.min(1 + coming) } else { one_by_one })
    }
}

/// The length of the longest rising subsequence.
fn longest_rise(places: &[usize]) -> usize {
    let mut ends: Vec<usize> = Vec::new();
    for place in places {
        let at = ends.partition_point(|end| end < place);
        match ends.get_mut(at) {
            Some(end) => *end = *place,
            None => ends.push(*place),
        }
    }
    ends.len()
}
