//! OpenMetrics, as `prometheus-client` writes it, told in the Prometheus text format 0.0.4.
//!
//! What differs: a counter's `HELP` and `TYPE` bear its name with `_total`; there are no units, no exemplars and no end mark; `info` and `stateset`
//! are gauges, `unknown` is `untyped`; a timestamp is in milliseconds; a help text escapes no quotes.
//!
//! Formats: <https://prometheus.io/docs/instrumenting/exposition_formats/>, <https://prometheus.io/docs/specs/om/open_metrics_spec/>.

/// A page in the other format. Takes one pass over it.
pub(super) fn from_openmetrics(page: &str) -> String {
    let mut text = String::with_capacity(page.len() + page.len() / 16);
    // HELP comes before TYPE, and needs to know it.
    let mut help: Option<(&str, &str)> = None;
    // Not `lines`: a carriage return at the end of a help text is a part of it.
    for line in page.split('\n') {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            help = rest.split_once(' ');
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let Some((name, kind)) = rest.split_once(' ') else { continue };
            let (suffix, kind) = match kind {
                "counter" => ("_total", "counter"),
                "info" => ("_info", "gauge"),
                "stateset" => ("", "gauge"),
                "unknown" | "gaugehistogram" => ("", "untyped"),
                other => ("", other),
            };
            if let Some((_, help)) = help.take().filter(|(of, _)| *of == name) {
                text.extend(["# HELP ", name, suffix, " "]);
                put_help(help, &mut text);
                text.push('\n');
            }
            text.extend(["# TYPE ", name, suffix, " ", kind, "\n"]);
        } else if !line.starts_with('#') && !line.is_empty() {
            put_sample(line, &mut text);
        }
    }
    text
}

/// Backslashes and line ends stay escaped; quotes are nothing special.
fn put_help(help: &str, text: &mut String) {
    let mut rest = help;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        text.push_str(before);
        let length = escape.chars().take(2).map(char::len_utf8).sum();
        let (escape, behind) = escape.split_at(length);
        text.push_str(if escape == "\\\"" { "\"" } else { escape });
        rest = behind;
    }
    text.push_str(rest);
}

/// Name, labels and value; what comes behind is a timestamp, an exemplar, or both.
fn put_sample(line: &str, text: &mut String) {
    let (series, behind) = line.split_at(end_of_series(line));
    let behind = behind.trim_start();
    let without_exemplar = behind.split_once(" # ").map_or(behind, |(sample, _)| sample);
    let mut parts = without_exemplar.split(' ');
    text.push_str(series);
    text.push(' ');
    text.push_str(match parts.next().unwrap_or_default() {
        "inf" => "+Inf",
        "-inf" => "-Inf",
        value => value,
    });
    if let Some(seconds) = parts.next().and_then(|seconds| seconds.parse::<f64>().ok()) {
        text.push(' ');
        text.push_str(&((seconds * 1_000.0).round() as i64).to_string());
    }
    text.push('\n');
}

/// Where the name and the labels end: a brace inside of a label's value is none.
fn end_of_series(line: &str) -> usize {
    let bytes = line.as_bytes();
    let (mut quoted, mut at) = (false, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            b'}' if !quoted => return at + 1,
            b' ' if !quoted => return at,
            _ => {}
        }
        at += 1;
    }
    line.len()
}
