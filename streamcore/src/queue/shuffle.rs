//! Random order from a seed, the same on every adapter.

/// A pseudo-random sequence: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). Not for secrets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct SplitMix64(u64);

impl SplitMix64 {
    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`: the high half of a product, whose bias (less than `bound` in 2^64) no queue is long enough to show.
    fn below(&mut self, bound: usize) -> usize {
        let wide = u128::from(self.next()) * bound as u128;
        usize::try_from(wide >> 64).unwrap_or_default()
    }
}

/// Puts a list in a random order, always the same for one seed and one length (Fisher and Yates, from the end).
///
/// ```
/// let mut once: Vec<u32> = (0..50).collect();
/// let mut again = once.clone();
/// streamcore::queue::shuffle(&mut once, 7);
/// streamcore::queue::shuffle(&mut again, 7);
/// assert_eq!(once, again);
/// assert_ne!(once, (0..50).collect::<Vec<_>>());
/// ```
pub fn shuffle<T>(list: &mut [T], seed: u64) {
    let mut random = SplitMix64(seed);
    for end in (1..list.len()).rev() {
        list.swap(end, random.below(end + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        let mut random = SplitMix64(1_234_567);
        let first = [random.next(), random.next(), random.next()];
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn every_order_of_three_comes_about_as_often() {
        let mut seen = std::collections::BTreeMap::new();
        for seed in 0..6_000 {
            let mut list = [0, 1, 2];
            shuffle(&mut list, seed);
            *seen.entry(list).or_insert(0) += 1;
        }
        assert_eq!(seen.len(), 6);
        assert!(seen.values().all(|n| (850..1150).contains(n)), "{seen:?}");
    }
}
