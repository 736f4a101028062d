//! A line for programs: one object, flat, whatever is told.

use std::fmt;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use streamcore::Timestamp;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

use super::line::{Line, Value, is_unsafe};

/// Writes objects: `timestamp`, `level`, `target`, `message`, then the fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Json;

impl<S, N> FormatEvent<S, N> for Json
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let object = Object { at: now(), metadata: event.metadata(), line: Line::of(event) };
        let text = serde_json::to_string(&object).map_err(|_| fmt::Error)?;
        // JSON leaves some characters as they are at which other readers end a line. Outside of strings there is none of them.
        for part in text.split_inclusive(is_unsafe) {
            match part.char_indices().next_back() {
                Some((at, c)) if is_unsafe(c) => write!(writer, "{}\\u{:04x}", &part[..at], u32::from(c))?,
                _ => writer.write_str(part)?,
            }
        }
        writeln!(writer)
    }
}

/// The wall clock.
fn now() -> Timestamp {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::default() + since_epoch
}

struct Object<'a> {
    at: Timestamp,
    metadata: &'a Metadata<'a>,
    line: Line,
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Line { message, fields } = &self.line;
        let mut map = serializer.serialize_map(Some(4 + fields.len()))?;
        map.serialize_entry("timestamp", &format_args!("{}", self.at))?;
        map.serialize_entry("level", level(self.metadata))?;
        map.serialize_entry("target", self.metadata.target())?;
        map.serialize_entry("message", words(message, fields))?;
        for (name, value) in fields {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The message; of a fact about a stream its name, which is all that it says in words.
fn words<'a>(message: &'a str, fields: &'a [(&'static str, Value)]) -> &'a str {
    let event = fields.iter().find_map(|(name, value)| match value {
        Value::Text(event) if *name == "event" => Some(event.as_str()),
        _ => None,
    });
    if message.is_empty() { event.unwrap_or_default() } else { message }
}

fn level(metadata: &Metadata<'_>) -> &'static str {
    match *metadata.level() {
        tracing::Level::ERROR => "error",
        tracing::Level::WARN => "warn",
        tracing::Level::INFO => "info",
        tracing::Level::DEBUG => "debug",
        tracing::Level::TRACE => "trace",
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Signed(value) => serializer.serialize_i64(*value),
            Self::Unsigned(value) => serializer.serialize_u64(*value),
            Self::Float(value) if value.is_finite() => serializer.serialize_f64(*value),
            // JSON has no such numbers.
            Self::Float(value) => serializer.collect_str(value),
            Self::Text(text) | Self::Shown(text) => serializer.serialize_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::{
        super::line::tests::{HOSTILE, written},
        *,
    };

    /// The one object of the one line that is written.
    fn object(f: impl FnOnce()) -> Map<String, serde_json::Value> {
        let text = written(Json, false, f);
        let line = text.strip_suffix('\n').expect("a line");
        assert!(!line.contains(is_unsafe), "{line:?}");
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    #[test]
    fn an_event_is_one_flat_object_in_this_order() {
        let text = written(Json, false, || tracing::info!(target: "t", stream = -7, ok = true, "it plays"));
        let (begin, rest) = text.split_at("{\"timestamp\":\"2026-01-01T00:00:00.000".len());
        assert!(begin.starts_with("{\"timestamp\":\"2"), "{begin}");
        assert_eq!(
            rest,
            "Z\",\"level\":\"info\",\"target\":\"t\",\"message\":\"it plays\",\"stream\":-7,\"ok\":true}\n"
        );
    }

    #[test]
    fn text_comes_back_as_it_was_and_breaks_no_line() {
        let object = object(|| {
            tracing::warn!(target: "t", title = HOSTILE, shown = %HOSTILE, debug = ?HOSTILE, "{HOSTILE}");
        });
        assert_eq!(object["message"], HOSTILE);
        assert_eq!(object["title"], HOSTILE);
        assert_eq!(object["shown"], HOSTILE);
        assert_eq!(object["debug"], format!("{HOSTILE:?}"));
    }

    #[test]
    fn numbers_are_numbers_where_json_has_them() {
        let object = object(|| {
            tracing::info!(
                most = u64::MAX,
                least = i64::MIN,
                wide = i128::MIN,
                wider = u128::MAX,
                half = 0.5,
                nan = f64::NAN,
                endless = f64::INFINITY,
                below = f64::NEG_INFINITY,
                "numbers"
            );
        });
        assert_eq!(object["most"], json!(u64::MAX));
        assert_eq!(object["least"], json!(i64::MIN));
        assert_eq!(object["wide"], json!(i128::MIN.to_string()));
        assert_eq!(object["wider"], json!(u128::MAX.to_string()));
        assert_eq!(object["half"], json!(0.5));
        assert_eq!((&object["nan"], &object["endless"]), (&json!("NaN"), &json!("inf")));
        assert_eq!(object["below"], json!("-inf"));
    }

    #[test]
    fn errors_are_told_in_their_words_and_what_is_missing_is_left_out() {
        let error = std::io::Error::other("no\ndisk");
        let object = object(|| {
            let error: &(dyn std::error::Error + 'static) = &error;
            tracing::error!(error, none = None::<u64>, some = Some("x"), "broken");
        });
        assert_eq!(object["error"], "no\ndisk");
        assert_eq!(object.get("none"), None);
        assert_eq!(object["some"], "x");
    }

    #[test]
    fn no_key_stands_twice() {
        let text = written(Json, false, || {
            tracing::info!(target: "t", level = 3, timestamp = 1, target = "mine", reason = "a", reason = "b", "m");
        });
        for key in ["level", "timestamp", "target", "message", "reason", "field_level", "field_target"] {
            assert_eq!(text.matches(&format!("\"{key}\":")).count(), 1, "{key}: {text}");
        }
        assert!(text.contains("\"reason\":\"a\"") && text.contains("\"field_level\":3"), "{text}");
    }

    #[test]
    fn a_fact_about_a_stream_has_its_name_as_its_message() {
        let object = object(|| tracing::info!(event = "stream_ended", reason = "manual"));
        assert_eq!((&object["message"], &object["event"]), (&json!("stream_ended"), &json!("stream_ended")));
    }
}
