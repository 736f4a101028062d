//! The waiting items in their order, with every question that an operation asks answered in O(log n).
//!
//! A treap (Seidel and Aragon, "Randomized search trees", Algorithmica 1996) with implicit keys: a node's place is the number of nodes to the
//! left of it, so that nothing is renumbered when something is inserted. Each node sums up what is below it. Its priorities come from a
//! counter and not from chance: two sequences that were edited alike are alike.

use std::collections::{BTreeMap, VecDeque};

use super::{Playtime, Tier, shuffle::SplitMix64};
use crate::{ItemId, QueueItem, Requester};

/// A node's place in the arena. Stays the same as long as its item waits.
pub(super) type Node = usize;

#[derive(Debug, Clone)]
struct Slot {
    item: QueueItem,
    priority: u64,
    left: Option<Node>,
    right: Option<Node>,
    parent: Option<Node>,
    /// Of the subtree, this node included, as the two below.
    size: usize,
    playtime: Playtime,
    best_tier: Tier,
}

/// An ordered list of items without equal ids.
#[derive(Clone, Default)]
pub(super) struct Sequence {
    slots: Vec<Option<Slot>>,
    free: Vec<Node>,
    root: Option<Node>,
    priorities: SplitMix64,
    by_id: BTreeMap<ItemId, Node>,
    by_requester: BTreeMap<Requester, usize>,
    /// Each requester's items, in the order of the list: kept only while somebody needs it, as it is what costs most.
    lanes: Option<BTreeMap<Requester, VecDeque<Node>>>,
    by_url: BTreeMap<String, Vec<Node>>,
}

impl Sequence {
    pub(super) fn len(&self) -> usize {
        self.size(self.root)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    pub(super) fn index_of(&self, id: ItemId) -> Option<usize> {
        self.by_id.get(&id).map(|node| self.rank(*node))
    }

    pub(super) fn contains(&self, id: ItemId) -> bool {
        self.by_id.contains_key(&id)
    }

    pub(super) fn get(&self, index: usize) -> Option<&QueueItem> {
        self.at(index).and_then(|node| self.slot(node)).map(|slot| &slot.item)
    }

    /// The items from this index on.
    pub(super) fn iter_from(&self, index: usize) -> impl Iterator<Item = &QueueItem> {
        self.nodes_from(index).filter_map(|node| self.slot(node)).map(|slot| &slot.item)
    }

    fn nodes_from(&self, index: usize) -> impl Iterator<Item = Node> {
        std::iter::successors(self.at(index), |node| self.successor(*node))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &QueueItem> {
        self.iter_from(0)
    }

    /// The first item, in the order of the list, with this media location.
    pub(super) fn first_with_url(&self, url: &str) -> Option<&QueueItem> {
        let nodes = self.by_url.get(url)?;
        let first = nodes.iter().min_by_key(|node| self.rank(**node))?;
        self.slot(*first).map(|slot| &slot.item)
    }

    /// How many items this requester has.
    pub(super) fn count_of(&self, requester: &Requester) -> usize {
        self.by_requester.get(requester).copied().unwrap_or_default()
    }

    pub(super) fn requesters(&self) -> impl Iterator<Item = &Requester> {
        self.by_requester.keys()
    }

    /// Whether the two questions below will be asked.
    pub(super) fn keep_lanes(&mut self, keep: bool) {
        if !keep {
            self.lanes = None;
        } else if self.lanes.is_none() {
            let mut lanes: BTreeMap<Requester, VecDeque<Node>> = BTreeMap::new();
            for node in self.nodes_from(0) {
                if let Some(slot) = self.slot(node) {
                    lanes.entry(slot.item.requester()).or_default().push_back(node);
                }
            }
            self.lanes = Some(lanes);
        }
    }

    /// The index of this requester's item number `n`, from 0.
    pub(super) fn index_of_nth(&self, requester: &Requester, n: usize) -> Option<usize> {
        self.lane(requester)?.get(n).map(|node| self.rank(*node))
    }

    /// How many of this requester's items are before this index.
    pub(super) fn count_before(&self, requester: &Requester, index: usize) -> usize {
        self.lane(requester).map_or(0, |nodes| nodes.partition_point(|node| self.rank(*node) < index))
    }

    fn lane(&self, requester: &Requester) -> Option<&VecDeque<Node>> {
        debug_assert!(self.lanes.is_some(), "the mode keeps lanes if it asks for them");
        self.lanes.as_ref()?.get(requester)
    }

    /// The index behind the last item of this tier or a higher one.
    pub(super) fn end_of_tier(&self, tier: Tier) -> usize {
        let (mut at, mut before) = (self.root, 0);
        let reaches =
            |node: Option<Node>| node.and_then(|node| self.slot(node)).is_some_and(|slot| slot.best_tier <= tier);
        if !reaches(at) {
            return 0;
        }
        while let Some(slot) = at.and_then(|node| self.slot(node)) {
            let here = before + self.size(slot.left);
            if reaches(slot.right) {
                (at, before) = (slot.right, here + 1);
            } else if slot.item.tier <= tier {
                return here + 1;
            } else {
                at = slot.left;
            }
        }
        before
    }

    /// How long the items before this index take.
    pub(super) fn playtime_before(&self, index: usize) -> Playtime {
        let (mut at, mut wanted, mut sum) = (self.root, index, Playtime::default());
        while let Some(slot) = at.and_then(|node| self.slot(node)) {
            let left = self.size(slot.left);
            if wanted <= left {
                at = slot.left;
            } else {
                sum = sum.and(self.playtime(slot.left)).and(Playtime::from(&slot.item));
                (at, wanted) = (slot.right, wanted - left - 1);
            }
        }
        sum
    }

    /// Inserts at an index, or behind all others if there are fewer.
    pub(super) fn insert(&mut self, index: usize, item: QueueItem) {
        let (id, requester, url) = (item.id, item.requester(), item.url.clone());
        let slot = Slot {
            priority: self.priorities.next(),
            left: None,
            right: None,
            parent: None,
            size: 1,
            playtime: Playtime::from(&item),
            best_tier: item.tier,
            item,
        };
        let node = self.free.pop().unwrap_or(self.slots.len());
        if node == self.slots.len() {
            self.slots.push(Some(slot));
        } else if let Some(free) = self.slots.get_mut(node) {
            *free = Some(slot);
        }
        let (left, right) = self.split(self.root, index);
        let left = self.merge(left, Some(node));
        self.root = self.merge(left, right);
        self.orphan(self.root);
        self.by_id.insert(id, node);
        self.by_url.entry(url).or_default().push(node);
        if self.lanes.is_some() {
            let place = self.count_before(&requester, self.rank(node));
            if let Some(lanes) = &mut self.lanes {
                lanes.entry(requester.clone()).or_default().insert(place, node);
            }
        }
        *self.by_requester.entry(requester).or_default() += 1;
    }

    pub(super) fn push_back(&mut self, item: QueueItem) {
        self.insert(usize::MAX, item);
    }

    pub(super) fn remove(&mut self, index: usize) -> Option<QueueItem> {
        let node = self.at(index)?;
        self.forget(node);
        let (left, rest) = self.split(self.root, index);
        let (_, right) = self.split(rest, 1);
        self.root = self.merge(left, right);
        self.orphan(self.root);
        self.free.push(node);
        self.slots.get_mut(node)?.take().map(|slot| slot.item)
    }

    /// Takes everything out, in order.
    pub(super) fn take(&mut self) -> Vec<QueueItem> {
        let items = self.iter().cloned().collect();
        let lanes = self.lanes.as_ref().map(|_| BTreeMap::new());
        *self = Self { priorities: self.priorities, lanes, ..Self::default() };
        items
    }

    /// Takes a node out of the indexes while it still has its place.
    fn forget(&mut self, node: Node) {
        let Some((id, requester, url)) =
            self.slot(node).map(|slot| (slot.item.id, slot.item.requester(), slot.item.url.clone()))
        else {
            return;
        };
        self.by_id.remove(&id);
        if self.lanes.is_some() {
            let place = self.count_before(&requester, self.rank(node));
            if let Some(lane) = self.lanes.as_mut().and_then(|lanes| lanes.get_mut(&requester)) {
                lane.remove(place);
            }
        }
        if let Some(count) = self.by_requester.get_mut(&requester) {
            *count -= 1;
            if *count == 0 {
                self.by_requester.remove(&requester);
                if let Some(lanes) = &mut self.lanes {
                    lanes.remove(&requester);
                }
            }
        }
        if let Some(nodes) = self.by_url.get_mut(&url) {
            nodes.retain(|other| *other != node);
            if nodes.is_empty() {
                self.by_url.remove(&url);
            }
        }
    }

    fn slot(&self, node: Node) -> Option<&Slot> {
        self.slots.get(node).and_then(Option::as_ref)
    }

    fn slot_mut(&mut self, node: Node) -> Option<&mut Slot> {
        self.slots.get_mut(node).and_then(Option::as_mut)
    }

    fn size(&self, node: Option<Node>) -> usize {
        node.and_then(|node| self.slot(node)).map_or(0, |slot| slot.size)
    }

    fn playtime(&self, node: Option<Node>) -> Playtime {
        node.and_then(|node| self.slot(node)).map(|slot| slot.playtime).unwrap_or_default()
    }

    fn at(&self, index: usize) -> Option<Node> {
        let (mut at, mut wanted) = (self.root, index);
        while let Some(node) = at {
            let slot = self.slot(node)?;
            let left = self.size(slot.left);
            match wanted.cmp(&left) {
                std::cmp::Ordering::Less => at = slot.left,
                std::cmp::Ordering::Equal => return Some(node),
                std::cmp::Ordering::Greater => (at, wanted) = (slot.right, wanted - left - 1),
            }
        }
        None
    }

    fn rank(&self, node: Node) -> usize {
        let mut rank = self.slot(node).map_or(0, |slot| self.size(slot.left));
        let mut child = node;
        while let Some(parent) = self.slot(child).and_then(|slot| slot.parent) {
            if let Some(slot) = self.slot(parent)
                && slot.right == Some(child)
            {
                rank += self.size(slot.left) + 1;
            }
            child = parent;
        }
        rank
    }

    fn successor(&self, node: Node) -> Option<Node> {
        if let Some(right) = self.slot(node)?.right {
            return std::iter::successors(Some(right), |at| self.slot(*at)?.left).last();
        }
        let mut child = node;
        loop {
            let parent = self.slot(child)?.parent?;
            if self.slot(parent)?.left == Some(child) {
                return Some(parent);
            }
            child = parent;
        }
    }

    /// Cuts a subtree in two: its first `count` nodes, and the others.
    fn split(&mut self, tree: Option<Node>, count: usize) -> (Option<Node>, Option<Node>) {
        let Some((node, left, right)) = tree.and_then(|node| self.slot(node).map(|slot| (node, slot.left, slot.right)))
        else {
            return (None, None);
        };
        let before = self.size(left);
        if count <= before {
            let (first, second) = self.split(left, count);
            self.hang(node, second, right);
            self.orphan(first);
            (first, Some(node))
        } else {
            let (first, second) = self.split(right, count - before - 1);
            self.hang(node, left, first);
            self.orphan(second);
            (Some(node), second)
        }
    }

    /// Joins two subtrees, all of the first before all of the second.
    fn merge(&mut self, first: Option<Node>, second: Option<Node>) -> Option<Node> {
        let (Some(a), Some(b)) = (first, second) else { return first.or(second) };
        let (Some(above), Some(below)) = (self.slot(a), self.slot(b)) else { return first.or(second) };
        if above.priority >= below.priority {
            let (left, right) = (above.left, above.right);
            let right = self.merge(right, second);
            self.hang(a, left, right);
            first
        } else {
            let (left, right) = (below.left, below.right);
            let left = self.merge(first, left);
            self.hang(b, left, right);
            second
        }
    }

    /// Gives a node its children and sums up what is below it.
    fn hang(&mut self, node: Node, left: Option<Node>, right: Option<Node>) {
        let size = self.size(left) + 1 + self.size(right);
        let below = self.playtime(left).and(self.playtime(right));
        let tier =
            |child: Option<Node>| child.and_then(|child| self.slot(child)).map_or(Tier::Normal, |slot| slot.best_tier);
        let best = tier(left).min(tier(right));
        if let Some(slot) = self.slot_mut(node) {
            (slot.left, slot.right, slot.size) = (left, right, size);
            slot.playtime = below.and(Playtime::from(&slot.item));
            slot.best_tier = best.min(slot.item.tier);
        }
        for child in [left, right].into_iter().flatten() {
            if let Some(slot) = self.slot_mut(child) {
                slot.parent = Some(node);
            }
        }
    }

    fn orphan(&mut self, node: Option<Node>) {
        if let Some(slot) = node.and_then(|node| self.slot_mut(node)) {
            slot.parent = None;
        }
    }
}

impl PartialEq for Sequence {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl std::fmt::Debug for Sequence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Extend<QueueItem> for Sequence {
    fn extend<I: IntoIterator<Item = QueueItem>>(&mut self, items: I) {
        for item in items {
            self.push_back(item);
        }
    }
}
