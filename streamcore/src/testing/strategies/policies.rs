//! Settings, schedules and policies, all of them good.

use std::{sync::Arc, time::Duration};

use proptest::{
    collection::{btree_set, vec},
    prelude::*,
    sample::{select, subsequence},
};

use crate::auto_end::{
    AllOf, AnyOf, AutoEndPolicy, BySettings, IdleTimeout, Never, QueueEmpty, Schedule, Settings,
    schedule::{ScheduleForm, WindowForm},
    settings::{MAX_SECONDS, MAX_WARNINGS, MIN_SECONDS},
};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Ahead of UTC and behind it, with and without summer time, by less than an hour, at midnight.
const ZONES: [&str; 7] = [
    "UTC",
    "Europe/Moscow",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Havana",
];

/// Any settings within their bounds, most of them enabled.
pub fn settings() -> impl Strategy<Value = Settings> {
    let timeout = prop_oneof![3 => MIN_SECONDS..1_000, 1 => MIN_SECONDS..=MAX_SECONDS].prop_map(Duration::from_secs);
    let warnings = btree_set(MIN_SECONDS..=MAX_SECONDS, 0..=MAX_WARNINGS)
        .prop_map(|seconds| seconds.into_iter().rev().map(Duration::from_secs).collect());
    (prop::bool::weighted(0.9), timeout, warnings, prop::bool::weighted(0.3), schedule()).prop_map(
        |(enabled, timeout, warnings, only_when_queue_empty, schedule)| Settings {
            enabled,
            timeout,
            warnings,
            only_when_queue_empty,
            schedule,
        },
    )
}

/// Any schedule of a few windows, now and then without any.
pub fn schedule() -> impl Strategy<Value = Schedule> {
    (select(&ZONES[..]), vec(window(), 0..5)).prop_map(|(zone, windows)| {
        let mut good = (ScheduleForm { time_zone: zone.to_owned(), windows: Vec::new() }, Schedule::default());
        // One that overlaps those before it is left out.
        for window in windows {
            let mut form = good.0.clone();
            form.windows.push(window);
            if let Ok(schedule) = Schedule::try_from(form.clone()) {
                good = (form, schedule);
            }
        }
        good.1
    })
}

fn window() -> impl Strategy<Value = WindowForm> {
    let days = subsequence(DAYS.to_vec(), 1..=DAYS.len());
    // Often at night, when clocks are changed.
    let minute = || prop_oneof![1 => 0..24 * 60_u32, 1 => 0..4 * 60_u32];
    let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    (days, minute(), 0..24 * 60_u32).prop_map(move |(days, from, length)| {
        let to = (from + length) % (24 * 60);
        let to = if to == 0 || to == from { "24:00".to_owned() } else { clock(to) };
        WindowForm { days: days.into_iter().map(str::to_owned).collect(), from: clock(from), to }
    })
}

/// Any bundled policy, alone or combined with others.
pub fn policy() -> impl Strategy<Value = Arc<dyn AutoEndPolicy>> {
    let timeout = prop_oneof![4 => 0..90_000_000_u64, 1 => any::<u64>()].prop_map(Duration::from_millis);
    let simple = prop_oneof![
        3 => timeout.prop_map(|timeout| -> Arc<dyn AutoEndPolicy> { Arc::new(IdleTimeout(timeout)) }),
        3 => schedule().prop_map(|schedule| -> Arc<dyn AutoEndPolicy> { Arc::new(schedule) }),
        3 => Just(()).prop_map(|()| -> Arc<dyn AutoEndPolicy> { Arc::new(BySettings) }),
        1 => Just(()).prop_map(|()| -> Arc<dyn AutoEndPolicy> { Arc::new(QueueEmpty) }),
        1 => Just(()).prop_map(|()| -> Arc<dyn AutoEndPolicy> { Arc::new(Never) }),
    ];
    simple.prop_recursive(2, 6, 3, |inner| {
        let several = || vec(inner.clone(), 0..4);
        prop_oneof![
            several().prop_map(|policies| -> Arc<dyn AutoEndPolicy> { Arc::new(AllOf(policies)) }),
            several().prop_map(|policies| -> Arc<dyn AutoEndPolicy> { Arc::new(AnyOf(policies)) }),
        ]
    })
}
