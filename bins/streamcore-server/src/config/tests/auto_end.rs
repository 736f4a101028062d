//! `[auto_end]`: the file, and every name that a variable may have.

use std::time::Duration;

use super::*;

fn auto_end(variables: &[(&str, &str)], file: &str) -> AutoEnd {
    resolve(&Flags::default(), variables, file).unwrap_or_else(|error| panic!("{variables:?} {file}: {error}")).auto_end
}

fn refused(variables: &[(&str, &str)], file: &str) -> String {
    resolve(&Flags::default(), variables, file).expect_err(&format!("{variables:?} {file}")).to_string()
}

const WEEK: &str = r#"
time_zone = "Europe/Moscow"
[[auto_end.windows]]
days = ["mon", "fri"]
from = "18:00"
to = "24:00"
[[auto_end.windows]]
days = ["sat"]
from = "22:00"
to = "02:30"
"#;

#[test]
fn without_settings_streams_end_after_five_minutes() {
    let usual = defaults().auto_end.settings();
    assert_eq!(usual, streamcore::auto_end::Settings::default());
    assert_eq!((usual.enabled, usual.timeout), (true, Duration::from_secs(300)));
}

#[test]
fn the_file_says_when_streams_end() {
    let file = "[auto_end]\nenabled = false\ntimeout_seconds = 86400\nwarnings_seconds = [5, 86400, 60]\nonly_when_queue_empty = true";
    let settings = auto_end(&[], file).settings();
    assert_eq!((settings.enabled, settings.only_when_queue_empty), (false, true));
    assert_eq!(settings.timeout, Duration::from_secs(86_400));
    assert_eq!(settings.warnings, [86_400, 60, 5].map(Duration::from_secs), "the longest first");
    assert!(auto_end(&[], "[auto_end]\nwarnings_seconds = []").settings().warnings.is_empty(), "no warnings at all");
    assert_eq!(auto_end(&[], "[auto_end]\ntimeout_seconds = 1").timeout_seconds.origin, Origin::File);
}

#[test]
fn the_file_says_when_streams_go_on() {
    let schedule = auto_end(&[], &format!("[auto_end]{WEEK}")).settings().schedule;
    assert_eq!((schedule.time_zone(), schedule.windows().len()), ("Europe/Moscow", 2));
    let zone = auto_end(&[], "[auto_end]\ntime_zone = \"Asia/Tokyo\"");
    assert_eq!((zone.schedule.value.time_zone(), zone.schedule.value.is_empty()), ("Asia/Tokyo", true));
    let many = |count| {
        // Half-hours of the week, none of which overlap.
        let window = |n: usize| {
            let day = ["mon", "tue", "wed", "thu"][n / 20];
            format!("{{ days = [\"{day}\"], from = \"{0:02}:00\", to = \"{0:02}:30\" }}", n % 20)
        };
        format!("[auto_end]\nwindows = [{}]", (0..count).map(window).collect::<Vec<_>>().join(", "))
    };
    assert_eq!(auto_end(&[], &many(64)).settings().schedule.windows().len(), 64);
    let error = refused(&[], &many(65));
    assert!(
        error.starts_with("auto_end.windows = (65 windows) (file) is not usable: a schedule has at most 64"),
        "{error}"
    );
}

#[test]
fn what_the_file_cannot_say_is_refused_with_its_key() {
    let many = format!("warnings_seconds = {:?}", (1..=17).collect::<Vec<_>>());
    for (file, told) in [
        ("timeout_seconds = 0", "auto_end.timeout_seconds = 0 (file) is not usable: it must be from 1 to 86400"),
        ("timeout_seconds = 86401", "auto_end.timeout_seconds = 86401 (file)"),
        ("timeout_seconds = 1000000000000000000", "auto_end.timeout_seconds = 1000000000000000000 (file)"),
        ("timeout_seconds = -1", "test.toml"),
        ("timeout_seconds = 1.5", "test.toml"),
        ("timeout_seconds = \"5\"", "test.toml"),
        ("enabled = 1", "test.toml"),
        ("enabled = \"yes\"", "test.toml"),
        ("warnings_seconds = 60", "test.toml"),
        ("warnings_seconds = [60, 0]", "auto_end.warnings_seconds = [60, 0] (file) is not usable"),
        ("warnings_seconds = [86401]", "auto_end.warnings_seconds = [86401] (file) is not usable"),
        ("warnings_seconds = [60, 10, 60]", "auto_end.warnings_seconds = [60, 10, 60] (file) is not usable"),
        (many.as_str(), "at most 16 warnings"),
        ("timeout_minutes = 5", "timeout_minutes"),
        (
            "time_zone = \"Mars/Olympus\"",
            "auto_end.time_zone = \"Mars/Olympus\" (file) is not usable: there is no time zone",
        ),
        ("time_zone = 3", "test.toml"),
        (
            "windows = [{ days = [], from = \"00:00\", to = \"24:00\" }]",
            "auto_end.windows = (1 windows) (file) is not usable: windows[0]:",
        ),
        ("windows = [{ days = [\"mon\"], from = \"24:00\", to = \"01:00\" }]", "windows[0]: `from`"),
        (
            "windows = [{ days = [\"mon\"], from = \"01:00\", to = \"01:00\" }]",
            "windows[0]: it begins and ends at 01:00",
        ),
        ("windows = [{ days = [\"moon\"], from = \"01:00\", to = \"02:00\" }]", "windows[0]: `moon`"),
        ("windows = [{ days = [\"mon\"], from = \"01:00\" }]", "test.toml"),
        ("windows = [{ days = [\"mon\"], from = \"01:00\", to = \"02:00\", at = \"x\" }]", "test.toml"),
        (
            "windows = [{ days = [\"sun\"], from = \"22:00\", to = \"03:00\" }, { days = [\"mon\"], from = \"02:00\", to = \"04:00\" }]",
            "windows[1]: it overlaps windows[0]",
        ),
    ] {
        let error = refused(&[], &format!("[auto_end]\n{file}"));
        assert!(error.contains(told), "{file}: {error}");
    }
}

#[test]
fn a_variable_wins_over_the_file_under_its_name_and_its_old_one() {
    let file = "[auto_end]\nenabled = false\ntimeout_seconds = 7";
    for (name, text, seconds) in [
        ("STREAMCORE_AUTO_END_TIMEOUT_SECONDS", "1", 1),
        ("STREAMCORE_AUTO_END_TIMEOUT_SECONDS", "86400", 86_400),
        ("AUTO_END_TIMEOUT", "1", 1),
        ("AUTO_END_TIMEOUT", "300", 300),
        ("AUTO_END_TIMEOUT", "86400", 86_400),
        ("AUTO_END_TIMEOUT_MINUTES", "1", 60),
        ("AUTO_END_TIMEOUT_MINUTES", "5", 300),
        ("AUTO_END_TIMEOUT_MINUTES", "60", 3_600),
    ] {
        let set = auto_end(&[(name, text)], file);
        assert_eq!((set.timeout_seconds.value, set.enabled.value), (seconds, false), "{name}={text}");
        assert_eq!(set.timeout_seconds.origin.to_string(), name);
    }
    for name in ["STREAMCORE_AUTO_END_ENABLED", "AUTO_END_ENABLED"] {
        for (words, enabled) in
            [(["1", "true", "Yes", "ON", "TRUE"], true), (["0", "False", "no", "oFF", "FALSE"], false)]
        {
            for word in words {
                let set = auto_end(&[(name, word)], &format!("[auto_end]\nenabled = {}", !enabled));
                assert_eq!(set.enabled.value, enabled, "{name}={word}");
                assert_eq!(set.enabled.origin.to_string(), name);
            }
        }
    }
}

#[test]
fn a_variable_that_is_not_usable_is_named_with_what_would_be() {
    for (name, texts, told) in [
        (
            "AUTO_END_TIMEOUT_MINUTES",
            ["", "0", "61", "-1", "+5", "1.5", " 5", "5m", "1000000000000000000000"],
            "it must be a whole number of minutes from 1 to 60; STREAMCORE_AUTO_END_ENABLED=0 keeps streams from ending by themselves",
        ),
        (
            "AUTO_END_TIMEOUT",
            ["", "0", "86401", "-1", "+5", "1.5", "five", "0x10", "1000000000000000000"],
            "it must be a whole number of seconds from 1 to 86400;",
        ),
        (
            "STREAMCORE_AUTO_END_TIMEOUT_SECONDS",
            ["", "0", "86401", "-300", "+300", "3e2", "300s", "٣٠٠", "18446744073709551616"],
            "it must be a whole number of seconds from 1 to 86400;",
        ),
    ] {
        for text in texts {
            let error = refused(&[(name, text)], "");
            let begin = format!("auto_end.timeout_seconds = {text:?} ({name}) is not usable: {told}");
            assert!(error.starts_with(&begin), "{error}");
        }
    }
    for name in ["STREAMCORE_AUTO_END_ENABLED", "AUTO_END_ENABLED"] {
        for text in ["", "2", "enabled", "y", "true ", "-1", "10", "tru\u{202e}e"] {
            let error = refused(&[(name, text)], "");
            let told = format!(
                "auto_end.enabled = {text:?} ({name}) is not usable: it must be 1, true, yes or on, or else 0, false, no or off"
            );
            assert_eq!(error, told);
        }
    }
}

#[test]
fn two_variables_for_one_setting_are_one_too_many() {
    let timeouts = ["STREAMCORE_AUTO_END_TIMEOUT_SECONDS", "AUTO_END_TIMEOUT", "AUTO_END_TIMEOUT_MINUTES"];
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        // Also if they agree, which nobody can see who reads only one.
        let error = refused(&[(timeouts[one], "60"), (timeouts[other], "1")], "");
        let told = format!("{} is set as well, which sets the same; leave one of them out", timeouts[one]);
        assert!(error.contains(&told) && error.contains(timeouts[other]), "{error}");
    }
    let error = refused(&[("STREAMCORE_AUTO_END_ENABLED", "1"), ("AUTO_END_ENABLED", "1")], "");
    assert!(error.contains("STREAMCORE_AUTO_END_ENABLED is set as well"), "{error}");
    let both = auto_end(&[("AUTO_END_ENABLED", "off"), ("AUTO_END_TIMEOUT", "9")], "");
    assert_eq!((both.enabled.value, both.timeout_seconds.value), (false, 9), "these are two settings");
}

#[test]
fn no_other_variable_without_our_prefix_is_read() {
    let near =
        ["AUTO_END", "AUTO_END_TIMEOUT_SECONDS", "auto_end_timeout", "XAUTO_END_TIMEOUT", "AUTO_END_ENABLED_", "PATH"];
    let pairs: Vec<_> = near.iter().map(|name| (*name, "nonsense")).collect();
    assert_eq!(auto_end(&pairs, "").settings(), streamcore::auto_end::Settings::default());
    let kept = environment(&[&pairs[..], &[("AUTO_END_TIMEOUT", "9"), ("STREAMCORE_LOG", "warn")]].concat());
    for name in near {
        assert_eq!(kept.path(name), None, "{name}");
    }
    assert!(kept.path("AUTO_END_TIMEOUT").is_some() && kept.path("STREAMCORE_LOG").is_some());
}

#[test]
fn the_report_shows_them_with_their_origins_and_is_read_again() {
    let config = resolve(
        &Flags::default(),
        &[("AUTO_END_TIMEOUT_MINUTES", "2"), ("AUTO_END_ENABLED", "no")],
        &format!("[auto_end]\nwarnings_seconds = [1, 2]\n{WEEK}"),
    )
    .expect("valid");
    let report = Report(&config).to_string();
    let section = report.split("[auto_end]").nth(1).and_then(|rest| rest.split("\n[").next()).expect("a section");
    for (begin, end) in [
        ("enabled = false", "# AUTO_END_ENABLED"),
        ("timeout_seconds = 120", "# AUTO_END_TIMEOUT_MINUTES"),
        ("warnings_seconds = [2, 1]", "# file"),
        ("only_when_queue_empty = false", "# default"),
        ("time_zone = \"Europe/Moscow\"", "# file"),
        (
            "windows = [{ days = [\"mon\", \"fri\"], from = \"18:00\", to = \"24:00\" }, { days = [\"sat\"], from = \"22:00\", to = \"02:30\" }]",
            "# file",
        ),
    ] {
        assert!(section.lines().any(|line| line.starts_with(begin) && line.ends_with(end)), "{begin}: {section}");
    }
    let again = resolve(&Flags::default(), &[], &report).expect("the report parses");
    assert_eq!(values(&again), values(&config));
}
