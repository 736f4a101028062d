//! How many changes it takes at least from one list to another: what keeps the search from trying what cannot end well.

use std::collections::{HashMap, HashSet};

use super::{Edit, Fate, List, Story};

/// Which calls could bring an item, take it out, take everything out, or do whatever they like.
pub(super) struct Means<'a> {
    story: &'a Story,
    adds: HashMap<u32, usize>,
    removes: HashMap<u32, Vec<usize>>,
    clears: Vec<usize>,
    wild: Vec<usize>,
    /// Whether what is added may go anywhere, as the mode is changed.
    anywhere: bool,
}

impl<'a> Means<'a> {
    pub(super) fn new(story: &'a Story) -> Self {
        let mut means = Self {
            story,
            adds: HashMap::new(),
            removes: HashMap::new(),
            clears: Vec::new(),
            wild: Vec::new(),
            anywhere: false,
        };
        for (index, call) in story.calls.iter().enumerate().filter(|(_, call)| !matches!(call.fate, Fate::Refused(_))) {
            if call.edit.is_wild() {
                means.wild.push(index);
            }
            match call.edit {
                Edit::Add { .. } | Edit::Batch { .. } => {
                    means.adds.extend(call.edit.adds().map(|item| (item, index)));
                }
                Edit::SetMode { .. } | Edit::Migrate { .. } => means.anywhere = true,
                Edit::Remove { item } => means.removes.entry(item).or_default().push(index),
                Edit::Clear => means.clears.push(index),
                _ => {}
            }
        }
        means
    }

    /// The least number of changes from `here` at revision `from` to `there` at revision `to`; none if there is no way at all.
    pub(super) fn least(&self, here: &List, from: u64, there: &List, to: u64, used: &[bool]) -> Option<usize> {
        let open = |index: &usize| {
            let call = &self.story.calls[*index];
            !used[*index] && call.may_lead_between(from, to)
        };
        if self.wild.iter().any(open) {
            return Some(usize::from(here != there));
        }
        let place: HashMap<u32, usize> = there.items().enumerate().map(|(place, item)| (item, place)).collect();
        let can_clear = self.clears.iter().any(open);
        let (mut leaving, mut fronts, mut backs, mut adding) = (0, Vec::new(), Vec::new(), HashSet::new());
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
            adding.insert(*index);
            match self.story.calls[*index].edit {
                Edit::Add { front: true, .. } | Edit::Batch { front: true, .. } => fronts.push(place),
                _ => backs.push(place),
            }
        }
        let coming = adding.len();
        // What is not moved keeps its order: what comes in front goes ahead of it, what comes behind goes behind.
        let staying = here.items().filter_map(|item| place.get(&item).copied());
        let mut order: Vec<usize> = fronts.into_iter().chain(staying).chain(backs).collect();
        if there.current.is_some() {
            // It may have become current before others came in front.
            order.retain(|place| *place > 0);
            order.insert(0, 0);
        }
        let moves = if self.anywhere { 0 } else { order.len() - longest_rise(&order) };
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
