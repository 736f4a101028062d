//! A line for people: the moment, the level, the target, the message, the fields.

use std::fmt::{self, Write};

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::Writer,
        time::{FormatTime as _, SystemTime},
    },
    registry::LookupSpan,
};

use super::line::{Line, Value, is_unsafe};

/// Writes lines for people.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text;

impl<S, N> FormatEvent<S, N> for Text
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        let style = Style { on: writer.has_ansi_escapes() };
        write!(writer, "{}", style.begin("2"))?;
        SystemTime.format_time(&mut writer)?;
        let (level, dim, plain) = (metadata.level(), style.begin("2"), style.end());
        write!(writer, "{plain} {}{level:>5}{plain} {dim}{}:{plain}", style.begin(colour(*level)), metadata.target())?;
        let Line { message, fields } = Line::of(event);
        if !message.is_empty() {
            write!(writer, " ")?;
            Safe(&mut writer).write_str(&message)?;
        }
        for (name, value) in &fields {
            write!(writer, " {}{name}{plain}{dim}={plain}", style.begin("3"))?;
            let mut writer = Safe(&mut writer);
            match value {
                Value::Bool(value) => write!(writer, "{value}")?,
                Value::Signed(value) => write!(writer, "{value}")?,
                Value::Unsigned(value) => write!(writer, "{value}")?,
                Value::Float(value) => write!(writer, "{value}")?,
                Value::Text(text) => write!(writer, "{text:?}")?,
                Value::Shown(text) => writer.write_str(text)?,
            }
        }
        writeln!(writer)
    }
}

/// Lets no character through that would not stay in its place.
struct Safe<'a, W>(&'a mut W);

impl<W: Write> Write for Safe<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_unsafe(*c)) {
            write!(self.0, "{}{}", &rest[..at], c.escape_default())?;
            rest = &rest[at + c.len_utf8()..];
        }
        self.0.write_str(rest)
    }
}

/// How a terminal shows what comes.
struct Style {
    on: bool,
}

impl Style {
    fn begin(&self, code: &'static str) -> Sequence {
        Sequence(self.on.then_some(code))
    }

    fn end(&self) -> Sequence {
        self.begin("0")
    }
}

#[derive(Clone, Copy)]
struct Sequence(Option<&'static str>);

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |code| write!(f, "\x1b[{code}m"))
    }
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "31",
        Level::WARN => "33",
        Level::INFO => "32",
        Level::DEBUG => "34",
        Level::TRACE => "35",
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::line::tests::{HOSTILE, written},
        *,
    };

    #[test]
    fn a_line_reads_as_it_always_did() {
        let text = written(Text, false, || {
            tracing::info!(target: "t", stream = -7, title = "a \"b\"", at = %"12:00", gap = ?Some(1), "it plays");
        });
        let (moment, rest) = text.split_once(' ').expect("a moment");
        assert!(moment.len() == "2026-01-01T00:00:00.000000Z".len() && moment.ends_with('Z'), "{moment}");
        assert_eq!(rest, " INFO t: it plays stream=-7 title=\"a \\\"b\\\"\" at=12:00 gap=Some(1)\n");
    }

    #[test]
    fn nothing_that_is_told_breaks_a_line() {
        for ansi in [false, true] {
            let text = written(Text, ansi, || {
                tracing::warn!(target: "t", title = HOSTILE, error = %HOSTILE, debug = ?HOSTILE, "{HOSTILE}");
            });
            assert!(text.ends_with('\n'), "{text:?}");
            let line = &text[..text.len() - 1];
            // The server's own escape sequences, and no other.
            let own = [0, 2, 3, 33].iter().fold(line.to_owned(), |line, n| line.replace(&format!("\x1b[{n}m"), ""));
            assert!(!own.contains(is_unsafe), "{own:?}");
            assert!(own.contains("\\nWARN forged") && own.contains("🎧é"), "{own}");
        }
    }

    #[test]
    fn colours_are_for_terminals_only() {
        let tell = || tracing::error!(target: "t", code = 1, "broken");
        assert!(written(Text, true, tell).contains("\x1b[31mERROR\x1b[0m"));
        assert!(!written(Text, false, tell).contains('\x1b'));
    }
}
