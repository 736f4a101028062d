//! Media that keeps failing is not tried again for a while: it would cost its listeners a pause each time.

use std::{collections::BTreeMap, time::Duration};

use super::backoff;
use crate::{FailureKind, FailureReason, Timestamp};

/// The first failure may have been an accident. From the second in a row on the media is put aside, this long at first.
const ASIDE_FIRST: Duration = Duration::from_secs(30);
const ASIDE_MOST: Duration = Duration::from_secs(3_600);
/// So many media locations are remembered; the one that comes free first is forgotten first.
const MOST: usize = 256;

/// What failed lately, by media location.
#[derive(Debug, Clone, Default)]
pub(super) struct Quarantine(BTreeMap<String, Aside>);

#[derive(Debug, Clone, Copy)]
struct Aside {
    /// In a row.
    failures: u32,
    until: Timestamp,
}

impl Quarantine {
    /// Why this media is not to be tried now.
    pub(super) fn refuses(&self, url: &str, now: Timestamp) -> Option<FailureReason> {
        let aside = self.0.get(url).filter(|aside| now < aside.until)?;
        let (failures, seconds) = (aside.failures, aside.until.since(now).as_secs() + 1);
        let detail = format!("it failed {failures} times in a row and is not tried for another {seconds} s");
        Some(FailureReason::new(FailureKind::Quarantined, detail))
    }

    pub(super) fn failed(&mut self, url: &str, now: Timestamp) {
        let failures = self.0.get(url).map_or(0, |aside| aside.failures).saturating_add(1);
        let rest = match failures.checked_sub(1) {
            None | Some(0) => Duration::ZERO,
            Some(n) => backoff::delay(n, ASIDE_FIRST, ASIDE_MOST),
        };
        self.0.insert(url.to_owned(), Aside { failures, until: now + rest });
        if self.0.len() > MOST {
            let first = self.0.iter().filter(|(other, _)| *other != url).min_by_key(|(_, aside)| aside.until);
            if let Some(first) = first.map(|(url, _)| url.clone()) {
                self.0.remove(&first);
            }
        }
    }

    pub(super) fn played_well(&mut self, url: &str) {
        self.0.remove(url);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn only_what_keeps_failing_is_put_aside_and_each_time_for_longer() {
        let mut quarantine = Quarantine::default();
        quarantine.failed("a", at(0));
        assert_eq!(quarantine.refuses("a", at(0)), None, "once may have been an accident");
        quarantine.failed("a", at(10));
        assert!(quarantine.refuses("a", at(39)).is_some());
        assert_eq!(quarantine.refuses("a", at(40)), None);
        assert_eq!(quarantine.refuses("b", at(10)), None);
        quarantine.failed("a", at(40));
        assert!(quarantine.refuses("a", at(99)).is_some());
        assert_eq!(quarantine.refuses("a", at(100)), None);
        for _ in 0..100 {
            quarantine.failed("a", at(200));
        }
        assert!(quarantine.refuses("a", at(200 + 3_599)).is_some());
        assert_eq!(quarantine.refuses("a", at(200 + 3_600)), None, "never for longer than an hour");
        quarantine.played_well("a");
        quarantine.failed("a", at(5_000));
        assert_eq!(quarantine.refuses("a", at(5_000)), None, "it was good in between");
    }

    #[test]
    fn it_does_not_grow_without_bound_and_keeps_what_rests_longest() {
        let mut quarantine = Quarantine::default();
        for _ in 0..9 {
            quarantine.failed("worst", at(0));
        }
        for n in 0..10_000 {
            quarantine.failed(&format!("{n}"), at(1));
        }
        assert_eq!(quarantine.0.len(), MOST);
        assert!(quarantine.refuses("worst", at(2)).is_some());
    }
}
