use super::*;

/// As Prometheus sends them, and others.
#[test]
fn everybody_gets_the_format_that_it_prefers() {
    use Format::{OpenMetrics, Text};
    for (accept, expected) in [
        // Prometheus 2.5 to 2.30, 2.31 and later, 2.50 with native histograms, 3.
        ("application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OpenMetrics),
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            OpenMetrics,
        ),
        (
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            OpenMetrics,
        ),
        (
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            OpenMetrics,
        ),
        (
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            OpenMetrics,
        ),
        // With `scrape_protocols: [PrometheusText0.0.4]`.
        ("text/plain;version=0.0.4;q=0.6,*/*;q=0.5", Text),
        ("text/plain;version=0.0.4;escaping=allow-utf-8;q=0.5,*/*;q=0.4", Text),
        ("text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5", Text),
        ("text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;q=0.5", OpenMetrics),
        // The text format of Prometheus 3 alone is none of ours.
        ("text/plain;version=1.0.0", OpenMetrics),
        // curl, a browser, nothing, nonsense.
        ("*/*", OpenMetrics),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", OpenMetrics),
        ("", OpenMetrics),
        ("/;q=,;;,text,=;q", OpenMetrics),
        ("text/plain", Text),
        ("TEXT/Plain ; VERSION=\"0.0.4\" ; Q=1", Text),
        ("text/*", Text),
        ("text/*,application/openmetrics-text;q=0.1", Text),
        ("text/*;q=0.9,text/plain;q=0,application/*;q=0.1", OpenMetrics),
        ("application/openmetrics-text;q=0,text/plain;q=0.001", Text),
        // Anything else is wanted more than the text format, or just anything but OpenMetrics.
        ("text/plain;q=0.5,*/*", OpenMetrics),
        ("text/*;q=0.5,*/*;q=0.9", OpenMetrics),
        ("application/openmetrics-text;q=0,*/*;q=0.1", Text),
        ("application/openmetrics-text;version=1.0.0;q=0.1,*/*;q=0.5", Text),
        // `scrape_protocols: [PrometheusText1.0.0]`, and the default of Prometheus 2.49 with native histograms.
        ("text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,*/*;q=0.5", OpenMetrics),
        (
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            OpenMetrics,
        ),
        ("text/plain;q=2", OpenMetrics),
        ("text/plain;q=NaN", OpenMetrics),
    ] {
        assert_eq!(Format::preferred([accept]), expected, "{accept}");
    }
    assert_eq!(Format::preferred([]), OpenMetrics);
    assert_eq!(Format::preferred(["application/openmetrics-text;q=0.1", "text/plain;q=0.2"]), Text, "two lines");
    assert_eq!(
        Format::preferred(["a/b,".repeat(1_000_000).as_str(), "text/plain"]),
        OpenMetrics,
        "is not read to its end"
    );
}

#[test]
fn gzip_is_for_those_who_take_it() {
    for (encoding, expected) in [
        ("gzip", true),
        ("deflate, GZIP;q=0.5", true),
        ("gzip;q=0", false),
        ("gzip;q=0, *", false),
        ("*", true),
        ("*;q=0", false),
        ("identity", false),
        ("", false),
        ("gzip;q=many", false),
    ] {
        assert_eq!(accepts_gzip([encoding]), expected, "{encoding}");
    }
}

#[test]
fn the_text_format_says_the_same() {
    let page = concat!(
        "# HELP requests What \\\"is\\\" asked, C:\\\\n\\nand more.\n",
        "# TYPE requests counter\n",
        "requests_total{path=\"/a b}\\\"} # {\\\\\",x=\"\u{1f600}\\n\"} 7 # {id=\"1\"} 1.0\n",
        "requests_total 1 1700000000.5\n",
        "# HELP uptime_seconds Since when.\n",
        "# TYPE uptime_seconds gauge\n",
        "# UNIT uptime_seconds seconds\n",
        "uptime_seconds -inf\n",
        "# HELP build What.\n",
        "# TYPE build info\n",
        "build_info{version=\"1\"} 1\n",
        "# HELP nothing Yet.\n",
        "# TYPE nothing unknown\n",
        "# HELP d How long.\r\n",
        "# TYPE d histogram\n",
        "d_sum 0.5\n",
        "d_count 1\n",
        "d_bucket{le=\"+Inf\"} 1\n",
        "# EOF\n",
    );
    let expected = concat!(
        "# HELP requests_total What \"is\" asked, C:\\\\n\\nand more.\n",
        "# TYPE requests_total counter\n",
        "requests_total{path=\"/a b}\\\"} # {\\\\\",x=\"\u{1f600}\\n\"} 7\n",
        "requests_total 1 1700000000500\n",
        "# HELP uptime_seconds Since when.\n",
        "# TYPE uptime_seconds gauge\n",
        "uptime_seconds -Inf\n",
        "# HELP build_info What.\n",
        "# TYPE build_info gauge\n",
        "build_info{version=\"1\"} 1\n",
        "# HELP nothing Yet.\n",
        "# TYPE nothing untyped\n",
        "# HELP d How long.\r\n",
        "# TYPE d histogram\n",
        "d_sum 0.5\n",
        "d_count 1\n",
        "d_bucket{le=\"+Inf\"} 1\n",
    );
    assert_eq!(text::from_openmetrics(page), expected);
}
