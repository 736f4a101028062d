//! What travels: request and response types, apart from the core's, so that neither bends the other.

mod auto_end;
mod fields;
mod health;
mod history;
mod item;
mod monitor;
mod playlist;
mod presence;
mod queue;
mod schedule;
mod session;
mod stream;
mod strict;
mod track;

use std::time::Duration;

use serde_json::Number;
use streamcore::StreamId;

use crate::error::Problem;

pub(crate) use self::{
    auto_end::{AutoEnd, AutoEndChange, Countdown, Warning},
    fields::Fields,
    health::{Dependency, Health},
    history::HistoryPage,
    item::{AddItem, Item},
    monitor::{ActivityPage, MetricsHistory, StreamFigures, StreamsMetrics, SystemInShort, SystemMetrics},
    playlist::{PlaylistEntry, PlaylistItem, Removed, Reorder, Reordered},
    presence::{Listeners, Told},
    queue::{
        Added, AddedBatch, Done, Migrated, ModeAnswer, QueuePage, QueueState, QueueStats, RepeatAnswer, SkipAnswer,
    },
    session::SessionPage,
    stream::{NewStream, StreamEdit, StreamPage, StreamRecord, StreamStatus},
    track::{EditTrack, NewTrack, Track, TrackPage},
};

/// The largest integer that every JSON reader keeps exactly.
pub(crate) const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

/// The stream with this number, if JSON can carry it.
pub(crate) fn stream_id(number: i64) -> Option<StreamId> {
    (-MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER).contains(&number).then(|| StreamId::new(number))
}

/// Seconds as JSON: a whole number where it is one, else with milliseconds.
pub(crate) fn seconds(duration: Duration) -> Number {
    if duration.subsec_millis() == 0 {
        return Number::from(duration.as_secs());
    }
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    // Exact up to 2^53 ms, some 285,000 years.
    Number::from_f64(millis as f64 / 1_000.0).unwrap_or_else(|| Number::from(duration.as_secs()))
}

/// Whether a text of a request is a line that people can read, of 1 to `max` characters.
pub(crate) fn check_line(text: &str, max: usize) -> Result<(), Problem> {
    let got = text.chars().count();
    if got == 0 || got > max {
        return Err(Problem::Length { min: 1, max, got });
    }
    if has_control_characters(text) {
        return Err(Problem::ControlCharacters);
    }
    if let Some(found) = text.chars().find(|c| turns_text(*c)) {
        return Err(Problem::TurnsText { found });
    }
    if is_visible(text) { Ok(()) } else { Err(Problem::Invisible) }
}

/// A text that somebody else wrote as a line that people can read, of at most `max` characters; none if nothing of it can be seen.
pub(crate) fn readable(text: &str, max: usize) -> Option<String> {
    let plain = |c: char| if ends_the_line(c) { ' ' } else { c };
    let line: String = text.chars().filter(|c| !turns_text(*c)).map(plain).collect();
    let line: String = line.trim().chars().take(max).collect();
    is_visible(&line).then_some(line)
}

fn ends_the_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Characters that have no place in a line that people read.
fn has_control_characters(text: &str) -> bool {
    text.chars().any(ends_the_line)
}

/// Characters that turn the direction of the text around them, and so can make a line read as what it is not. (Marks such as U+200E, which
/// turn nothing but themselves, and joiners are part of how people write.)
pub(crate) fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a person sees anything of a text: not only spaces, and characters that shape or hide their neighbours and draw nothing.
pub(crate) fn is_visible(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !c.is_control() && !draws_nothing(c))
}

/// Unicode's default-ignorable characters, and blanks that do not count as white space.
fn draws_nothing(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_whole_where_they_can_be() {
        assert_eq!(seconds(Duration::from_secs(180)).to_string(), "180");
        assert_eq!(seconds(Duration::from_millis(12_345)).to_string(), "12.345");
        assert_eq!(seconds(Duration::ZERO).to_string(), "0");
    }

    #[test]
    fn ids_beyond_exact_integers_are_refused() {
        assert!(stream_id(MAX_SAFE_INTEGER).is_some() && stream_id(-MAX_SAFE_INTEGER).is_some());
        assert!(stream_id(MAX_SAFE_INTEGER + 1).is_none() && stream_id(i64::MIN).is_none());
    }
}
