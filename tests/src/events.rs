//! What a server logged of its streams: one line for each event, with its moment and its fields.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use streamcore::Timestamp;

/// An event as it was logged.
#[derive(Debug, Clone)]
pub struct Logged {
    /// When the line was written.
    pub at: Timestamp,
    /// Its name, such as `stream_ended`.
    pub name: String,
    line: String,
}

impl Logged {
    /// The events of this log, in their order. Other lines are passed over.
    #[must_use]
    pub fn all(log: &str) -> Vec<Self> {
        log.lines().filter_map(Self::parse).collect()
    }

    fn parse(line: &str) -> Option<Self> {
        let (at, rest) = line.split_once(' ')?;
        let name = value(rest.split_once("streamcore::event: ")?.1, "event")?;
        Some(Self { at: moment(at)?, name, line: line.to_owned() })
    }

    /// A field's value, without quotes.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        value(&self.line, name)
    }

    /// A field that is a moment.
    ///
    /// # Panics
    /// If it is not there, or is none.
    #[must_use]
    pub fn moment(&self, name: &str) -> Timestamp {
        let text = self.field(name).unwrap_or_else(|| panic!("no {name} in {}", self.line));
        moment(&text).unwrap_or_else(|| panic!("no moment: {text}"))
    }
}

fn value(line: &str, name: &str) -> Option<String> {
    let (_, rest) = line.split_once(&format!(" {name}="))?;
    let value = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split(' ').next(),
    };
    value.map(str::to_owned)
}

/// A moment in RFC 3339, in UTC, such as `2026-11-22T13:49:00.123Z`: to the millisecond.
#[must_use]
pub fn moment(text: &str) -> Option<Timestamp> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.split('-').map(|part| part.parse::<u64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut time = time.split(':').map(|part| part.parse::<u64>().ok());
    let (hour, minute, second) = (time.next()??, time.next()??, time.next()??);
    let millis: u64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    // Years begin in March, so that the day that may be missing is the last one; counted from the year 0.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    let seconds = ((days.checked_sub(719_468)? * 24 + hour) * 60 + minute) * 60 + second;
    Some(Timestamp::from_millis(seconds * 1_000 + millis))
}

/// Now, by the clock that servers log by.
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Timestamp::default() + since
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_they_are_written() {
        for millis in [0, 951_782_399_999, 951_782_400_000, 1_795_355_340_123, 4_102_444_800_000] {
            let at = Timestamp::from_millis(millis);
            assert_eq!(moment(&at.to_string()), Some(at));
        }
        assert_eq!(moment("2026-11-22T13:49:00.123999Z"), Some(Timestamp::from_millis(1_795_355_340_123)));
        assert_eq!(moment("yesterday"), None);
    }

    #[test]
    fn events_are_found_among_other_lines() {
        let log = "2026-11-22T13:49:00.000001Z  INFO streamcore_server: serving version=\"1\"\n\
                   2026-11-22T13:49:00.123456Z  INFO streamcore::event: stream=1 event=\"stream_ended\" session=2 reason=\"manual\" by=\"service token\"\n";
        let all = Logged::all(log);
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].name.as_str(), all[0].at), ("stream_ended", Timestamp::from_millis(1_795_355_340_123)));
        assert_eq!(all[0].field("by").as_deref(), Some("service token"));
        assert_eq!(all[0].field("session").as_deref(), Some("2"));
        assert_eq!(all[0].field("detail"), None);
    }
}
