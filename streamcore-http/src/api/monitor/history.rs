//! `GET /api/v1/metrics/history`: figures of the last month, for plots.

use streamcore::Timestamp;

use super::monitor;
use crate::{
    edge::{Answer, Call, respond},
    error::{ApiError, FieldError, Part, Problem},
    monitor::Resolution,
    wire::MetricsHistory,
};

/// The most entries of an answer: all of the finest resolution.
const MAX: usize = Resolution::Minute.capacity();

pub(crate) async fn answer(call: Call) -> Answer {
    let monitor = monitor(&call)?;
    let now = call.app.runtime.now();
    let wrong = |field, problem| ApiError::from(FieldError::new(Part::Query, field, problem));
    let resolution = match call.query("resolution") {
        None => Resolution::Minute,
        Some(name) => Resolution::named(name).ok_or_else(|| wrong("resolution", Problem::Resolution))?,
    };
    let limit = call.limit(360, MAX)?;
    // The bucket that is being filled belongs to what is asked for where no end is named.
    let to = moment(&call, "to")?.unwrap_or(now + resolution.width());
    let from = moment(&call, "from")?.unwrap_or(Timestamp::from_millis(0));
    if from > to {
        return Err(wrong("from", Problem::BehindTheEnd));
    }
    let slice = monitor.history(resolution, from, to, limit);
    respond::json(&MetricsHistory::new(resolution, slice))
}

/// A moment of the query: in RFC 3339, or in seconds since 1970.
fn moment(call: &Call, name: &'static str) -> Result<Option<Timestamp>, ApiError> {
    let Some(text) = call.query(name) else { return Ok(None) };
    match parse(text) {
        Some(moment) => Ok(Some(moment)),
        None => Err(FieldError::new(Part::Query, name, Problem::Moment).into()),
    }
}

/// The last second of the year 9999, up to which RFC 3339 goes.
const MAX_SECONDS: u64 = 253_402_300_799;

fn parse(text: &str) -> Option<Timestamp> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = text.parse::<u64>().ok().filter(|seconds| *seconds <= MAX_SECONDS)?;
        return Some(Timestamp::from_millis(seconds * 1_000));
    }
    // A plus that was not encoded arrives as a space.
    let moment: jiff::Timestamp = text.replace(' ', "+").parse().ok()?;
    u64::try_from(moment.as_millisecond()).ok().map(Timestamp::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_and_programs_write_them() {
        for (text, wanted) in [
            ("1795355340", "2026-11-22T13:49:00.000Z"),
            ("0", "1970-01-01T00:00:00.000Z"),
            ("2026-11-22T13:49:00Z", "2026-11-22T13:49:00.000Z"),
            ("2026-11-22T13:49:00.123456Z", "2026-11-22T13:49:00.123Z"),
            ("2026-11-22T16:49:00+03:00", "2026-11-22T13:49:00.000Z"),
            ("2026-11-22T16:49:00 03:00", "2026-11-22T13:49:00.000Z"),
            ("253402300799", "9999-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(parse(text).map(|moment| moment.to_string()).as_deref(), Some(wanted), "{text}");
        }
        let too_long = "9".repeat(10_000);
        for text in [
            "",
            "-1",
            "1.5",
            "1e9",
            "now",
            "253402300800",
            "18446744073709551616",
            "2026-11-22",
            "13:49:00Z",
            "2026-11-22T13:49:00",
            "2026-13-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "２０２６",
            &too_long,
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
