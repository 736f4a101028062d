//! What one line tells: a message and fields by name, none twice, each bounded; and which characters no line may hold as they are.

use std::{
    error::Error,
    fmt::{self, Write as _},
};

use streamcore_http::CurrentRequest;
use tracing::field::{Field, Visit};

/// Most bytes of one value. What is longer is cut, and says so.
const MAX_VALUE_BYTES: usize = 8 * 1024;

/// A field's value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    /// A text, to be told from what is around it.
    Text(String),
    /// What says itself how it is shown.
    Shown(String),
}

/// A line about to be written.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Line {
    pub(super) message: String,
    pub(super) fields: Vec<(&'static str, Value)>,
}

impl Line {
    /// What this event tells, and of which request it is. What the event says itself counts more than what is around it.
    pub(super) fn of(event: &tracing::Event<'_>) -> Self {
        let mut line = Self::default();
        event.record(&mut line);
        CurrentRequest::with(|request| {
            line.add("request_id", Value::Text(request.id().to_owned()));
            line.add("method", Value::Text(request.method().to_owned()));
            line.add("path", Value::Text(request.path().to_owned()));
        });
        line
    }

    /// Adds a field, unless there is one of this name.
    fn add(&mut self, name: &'static str, value: Value) {
        let name = match name {
            // Of every line; what an event calls so is something else.
            "timestamp" => "field_timestamp",
            "level" => "field_level",
            "target" => "field_target",
            name => name.strip_prefix("r#").unwrap_or(name),
        };
        if self.fields.iter().all(|(taken, _)| *taken != name) {
            self.fields.push((name, value));
        }
    }

    fn add_text(&mut self, field: &Field, text: String, value: fn(String) -> Value) {
        if field.name() == "message" {
            self.message = text;
        } else {
            self.add(field.name(), value(text));
        }
    }
}

impl Visit for Line {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field.name(), Value::Bool(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field.name(), Value::Signed(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field.name(), Value::Unsigned(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field.name(), Value::Float(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add_text(field, bounded(format_args!("{value}")), Value::Text);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.add_text(field, bounded(format_args!("{value}")), Value::Shown);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add_text(field, bounded(format_args!("{value:?}")), Value::Shown);
    }
}

/// The words, as far as they may be long.
fn bounded(words: fmt::Arguments<'_>) -> String {
    struct Bounded(String);
    impl fmt::Write for Bounded {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let room = MAX_VALUE_BYTES - self.0.len();
            if text.len() <= room {
                self.0.push_str(text);
                return Ok(());
            }
            self.0.push_str(&text[..text.floor_char_boundary(room)]);
            // Whatever comes after is not even made.
            Err(fmt::Error)
        }
    }
    let mut bounded = Bounded(String::new());
    if bounded.write_fmt(words).is_err() {
        bounded.0.push('…');
    }
    bounded.0
}

/// Whether a character could end a line, begin another, move a terminal's cursor, or show the line in another order than it has.
pub(super) fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
pub(super) mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::{
        fmt::{FormatEvent, MakeWriter, format::DefaultFields},
        layer::SubscriberExt as _,
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Written {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    /// What is written while `f` runs.
    pub(in crate::telemetry) fn written<F>(format: F, ansi: bool, f: impl FnOnce()) -> String
    where
        F: FormatEvent<tracing_subscriber::Registry, DefaultFields> + Send + Sync + 'static,
    {
        let written = Written::default();
        let lines = tracing_subscriber::fmt::layer().with_writer(written.clone()).with_ansi(ansi).event_format(format);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), f);
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).expect("UTF-8")
    }

    /// Everything that somebody could try in a title, so that a line ends, another one begins, or the terminal obeys.
    pub(in crate::telemetry) const HOSTILE: &str = "a\"b\\c\nWARN forged\r\n{\"level\":\"error\"}\u{1b}[31m\u{9b}2J\0\t\u{7f}\u{85}\u{2028}\u{2029}\u{202e}x\u{2066}🎧é";

    #[test]
    fn long_values_are_cut_between_characters() {
        let text = bounded(format_args!("{}", "é".repeat(MAX_VALUE_BYTES)));
        assert_eq!(text.len(), MAX_VALUE_BYTES + '…'.len_utf8());
        assert!(text.ends_with("é…"));
        let odd = bounded(format_args!("x{}", "é".repeat(MAX_VALUE_BYTES)));
        assert!(odd.ends_with("é…") && odd.len() < MAX_VALUE_BYTES + 3, "{}", odd.len());
        assert_eq!(bounded(format_args!("{}", "x".repeat(MAX_VALUE_BYTES))).len(), MAX_VALUE_BYTES);
    }
}
