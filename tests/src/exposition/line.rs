//! One line of a page, taken apart.

use std::collections::BTreeMap;

use super::{Format, Sample};

/// What is wrong with a line.
pub(super) type Reason = String;

/// A line that tells something about a family.
pub(super) enum Metadata<'a> {
    Help(&'a str, String),
    Type(&'a str, &'a str),
    Unit(&'a str, &'a str),
}

/// Reads a line that begins with `#`, except for the end mark.
pub(super) fn metadata(line: &str, format: Format) -> Result<Metadata<'_>, Reason> {
    let rest = line.strip_prefix("# ").ok_or("a comment must begin with \"# \"")?;
    let (keyword, rest) = rest.split_once(' ').ok_or("neither HELP nor TYPE nor UNIT of a family")?;
    let (name, text) = rest.split_once(' ').ok_or("there is nothing behind the name")?;
    if !is_name(name, true) {
        return Err(format!("{name:?} is no name of a family"));
    }
    match (keyword, format) {
        ("HELP", Format::OpenMetrics) => unescape(text, r#"\"n"#, true).map(|help| Metadata::Help(name, help)),
        ("HELP", Format::Text) => unescape(text, r"\n", false).map(|help| Metadata::Help(name, help)),
        ("TYPE", _) => Ok(Metadata::Type(name, text)),
        ("UNIT", Format::OpenMetrics) => Ok(Metadata::Unit(name, text)),
        _ => Err(format!("{keyword:?} is not HELP or TYPE, or not known in this format")),
    }
}

/// Reads a line with a value.
pub(super) fn sample(line: &str, format: Format) -> Result<Sample, Reason> {
    let end = line.find(['{', ' ']).ok_or("a sample needs a value")?;
    let (name, rest) = line.split_at(end);
    if !is_name(name, true) {
        return Err(format!("{name:?} is no name of a sample"));
    }
    let (labels, rest) = if rest.starts_with('{') { labels(rest)? } else { (BTreeMap::new(), rest) };
    let rest = rest.strip_prefix(' ').ok_or("one space must stand before the value")?;
    let (numbers, exemplar) = match rest.split_once(" # ") {
        Some((numbers, exemplar)) => (numbers, Some(exemplar)),
        None => (rest, None),
    };
    let mut parts = numbers.split(' ');
    let value = number(parts.next().unwrap_or_default(), format)?;
    let timestamp = parts.next().map(|text| time(text, format)).transpose()?;
    if let Some(more) = parts.next() {
        return Err(format!("{more:?} stands behind the timestamp"));
    }
    if let Some(text) = exemplar {
        if format == Format::Text {
            return Err("the text format has no exemplars".to_owned());
        }
        check_exemplar(text)?;
    }
    Ok(Sample { name: name.to_owned(), labels, value, timestamp, has_exemplar: exemplar.is_some() })
}

/// `{a="b",c="d"}`, and what stands behind.
fn labels(text: &str) -> Result<(BTreeMap<String, String>, &str), Reason> {
    let mut labels = BTreeMap::new();
    let mut rest = text.strip_prefix('{').ok_or("labels begin with a brace")?;
    if let Some(rest) = rest.strip_prefix('}') {
        return Ok((labels, rest));
    }
    loop {
        let (name, behind) = rest.split_once("=\"").ok_or("a label without a value in quotes")?;
        if !is_name(name, false) || name == "__name__" {
            return Err(format!("{name:?} is no name of a label"));
        }
        let end = end_of_value(behind).ok_or("a label's value does not end")?;
        let value = unescape(&behind[..end], r#"\"n"#, true)?;
        if labels.insert(name.to_owned(), value).is_some() {
            return Err(format!("the label {name:?} is there twice"));
        }
        rest = &behind[end + 1..];
        if let Some(behind) = rest.strip_prefix('}') {
            return Ok((labels, behind));
        }
        rest = rest.strip_prefix(',').ok_or("a comma or a brace must stand behind a label")?;
    }
}

/// Where the quote is that ends a value.
fn end_of_value(text: &str) -> Option<usize> {
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()?),
            b'"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// Takes escapes away: a backslash before one of `known`. Whether quotes must be escaped.
fn unescape(text: &str, known: &str, quotes: bool) -> Result<String, Reason> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next().filter(|c| known.contains(*c)) {
                Some('n') => plain.push('\n'),
                Some(c) => plain.push(c),
                None => return Err("a backslash before something that needs none".to_owned()),
            },
            '"' if quotes => return Err("a quote without a backslash".to_owned()),
            c => plain.push(c),
        }
    }
    Ok(plain)
}

fn check_exemplar(text: &str) -> Result<(), Reason> {
    let (labels, rest) = labels(text)?;
    let length: usize = labels.iter().map(|(name, value)| name.chars().count() + value.chars().count()).sum();
    if length > 128 {
        return Err(format!("an exemplar's labels have {length} characters, more than 128"));
    }
    let rest = rest.strip_prefix(' ').ok_or("an exemplar needs a value")?;
    let (value, at) = rest.split_once(' ').map_or((rest, None), |(value, at)| (value, Some(at)));
    number(value, Format::OpenMetrics)?;
    at.map_or(Ok(()), |at| time(at, Format::OpenMetrics).map(drop))
}

/// A value. What is no finite number is written in one way only in the text format.
pub(super) fn number(text: &str, format: Format) -> Result<f64, Reason> {
    let value: f64 = text.parse().map_err(|_| format!("{text:?} is no number"))?;
    if format == Format::Text && !value.is_finite() && !["NaN", "+Inf", "-Inf"].contains(&text) {
        return Err(format!("{text:?} must be NaN, +Inf or -Inf"));
    }
    Ok(value)
}

/// A timestamp, in seconds.
fn time(text: &str, format: Format) -> Result<f64, Reason> {
    match format {
        Format::OpenMetrics => number(text, format)?.is_finite().then(|| text.parse().ok()).flatten(),
        Format::Text => text.parse::<i64>().ok().map(|millis| millis as f64 / 1_000.0),
    }
    .ok_or_else(|| format!("{text:?} is no timestamp of this format"))
}

fn is_name(text: &str, colons: bool) -> bool {
    let is_first = |b: u8| b.is_ascii_alphabetic() || b == b'_' || (colons && b == b':');
    text.bytes().next().is_some_and(is_first) && text.bytes().all(|b| is_first(b) || b.is_ascii_digit())
}
