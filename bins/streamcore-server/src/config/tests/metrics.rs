//! `[metrics]`.

use super::*;

const TOKEN: (&str, &str) = ("STREAMCORE_METRICS_TOKEN", "hunter2-hunter2-hunter2");

#[test]
fn metrics_are_on_among_the_other_routes_for_whoever_may_read() {
    let metrics = defaults().metrics;
    assert!(metrics.enabled.value && metrics.listen.value.is_none() && metrics.token.value.is_none());
    assert_eq!((metrics.max_streams.value, metrics.legacy_names.value), (1_000, false));
}

#[test]
fn what_is_set_is_reported_with_its_origin_and_the_token_never() {
    let file = "[metrics]\nlisten = \"127.0.0.1:9464\"\nmax_streams = 0\nlegacy_names = true";
    let variables = [TOKEN, ("STREAMCORE_METRICS_LISTEN", "[::1]:9465")];
    let config = resolve(&Flags::default(), &variables, file).expect("valid");
    assert_eq!(config.metrics.token.value, Some(Secret(TOKEN.1.to_owned())));
    let report = Report(&config).to_string();
    for (line, origin) in [
        ("listen = \"[::1]:9465\"", "# STREAMCORE_METRICS_LISTEN"),
        ("max_streams = 0", "# file"),
        ("legacy_names = true", "# file"),
        ("# token: (redacted), from STREAMCORE_METRICS_TOKEN", "STREAMCORE_METRICS_TOKEN"),
    ] {
        assert!(report.lines().any(|l| l.starts_with(line) && l.ends_with(origin)), "{line}: {report}");
    }
    assert!(!format!("{report}{config:?}").contains("hunter2"), "{report}");
    let again = resolve(&Flags::default(), &[], &report).expect("the report parses");
    assert_eq!(values(&again), values(&config));
    let set = include_str!("../../../streamcore.example.toml").replace("# listen = ", "listen = ");
    let set = resolve(&Flags::default(), &[], &set).expect("valid");
    assert_eq!(set.metrics.listen.value.map(|address| address.port()), Some(9464));
}

#[test]
fn what_cannot_be_is_refused_with_key_origin_and_the_next_step() {
    for (variables, file, begins, told) in [
        (&[][..], "max_streams = 1000001", "metrics.max_streams = 1000001 (file)", "from 0 to 1000000"),
        (&[], "max_streams = -1", "the settings file", "line 2"),
        (&[], "listen = \"9464\"", "metrics.listen = \"9464\" (file)", "an IP address and a port"),
        (&[], "listen = \"127.0.0.1:8000\"", "metrics.listen = \"127.0.0.1:8000\" (file)", "choose another port"),
        (&[], "enabled = \"yes\"", "the settings file", "line 2"),
        (
            &[],
            "token = \"hunter2-hunter2-hunter2\"",
            "metrics.token = (redacted) (file)",
            "set STREAMCORE_METRICS_TOKEN",
        ),
        (
            &[("STREAMCORE_METRICS_LISTEN", "here")],
            "",
            "metrics.listen = \"here\" (STREAMCORE_METRICS_LISTEN)",
            "a port",
        ),
        (
            &[("STREAMCORE_METRICS_TOKEN", "hunter2")],
            "",
            "metrics.token = (redacted) (STREAMCORE_METRICS_TOKEN)",
            "at least 16",
        ),
        (
            &[("STREAMCORE_METRICS_TOKEN", "hunter2 hunter2 hunter2")],
            "",
            "metrics.token = (redacted)",
            "without spaces",
        ),
        (&[("STREAMCORE_METRICS_TOKEN", "")], "", "metrics.token = (redacted)", "leave it out"),
    ] {
        let error = resolve(&Flags::default(), variables, &format!("[metrics]\n{file}")).expect_err(file).to_string();
        assert!(error.starts_with(begins) && error.contains(told), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
    // Port 0 is another one each time, and what is not measured has no address.
    let off = "[metrics]\nenabled = false\nlisten = \"127.0.0.1:8000\"";
    resolve(&Flags::default(), &[], off).expect("valid");
    let any = "listen = \"127.0.0.1:0\"\n[metrics]\nlisten = \"127.0.0.1:0\"";
    resolve(&Flags::default(), &[], any).expect("valid");
}
