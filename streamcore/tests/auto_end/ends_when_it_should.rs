//! A stream that has been empty for its timeout ends at that moment, to the millisecond; and not a moment before.
//!
//! In virtual time nothing is late by itself, so *at the deadline* is compared exactly. What may put an end off, and by how much at most:
//!
//! - the audience is unknown: until two seconds after it is known again;
//! - a restart: until two seconds after the stream is ready, if the stored deadline is earlier than that;
//! - the store is away: until it is asked again, which is at most 5 s after the last attempt, each of which lasts at most 5 s;
//! - new settings: an end that they make overdue comes with them.
//!
//! And while the store is away nothing ends at all, except in the first 5 s, in which its last answer is still good.
//!
//! Nothing puts it off for longer: an end that is due is found missing at the next thing that happens, not only when it comes. Where the
//! test cannot know what was stored (an answer was lost, the process ended during an outage), the end must lie between the earliest
//! and the latest deadline that are possible.

use std::time::Duration;

use streamcore::{EndCause, Timestamp};

use crate::{
    truth::Truth,
    world::{End, Verdict},
};

/// So long an answer of the store is taken for a store that is there.
const ANSWER_IS_GOOD: Duration = Duration::from_secs(5);

pub(crate) fn check_end(truth: &Truth, end: &End) -> Verdict {
    let EndCause::AutoEnd { empty_since, deadline } = &end.cause else { return Ok(()) };
    let Some(earliest) = truth.earliest_end() else {
        return Err(format!("session {} ended at {} though nothing was to end it", end.session, end.at));
    };
    if end.at < earliest {
        return Err(format!("session {} ended at {}, before {earliest}", end.session, end.at));
    }
    if end.played && truth.goes_on_while_something_plays() {
        return Err(format!("session {} ended at {} while something played", end.session, end.at));
    }
    if let Some(away) = truth.store_away_since().filter(|away| *away + ANSWER_IS_GOOD < end.at) {
        return Err(format!("session {} ended at {}, and the store is away since {away}", end.session, end.at));
    }
    if *deadline > end.at || *empty_since > end.at {
        return Err(format!("session {} ended at {} by {:?}, which is to come", end.session, end.at, end.cause));
    }
    check_going_on(truth, end.at)
}

/// It is still on the air until this moment: then it may not be overdue.
pub(crate) fn check_going_on(truth: &Truth, until: Timestamp) -> Verdict {
    match truth.latest_end().filter(|latest| *latest < until) {
        Some(latest) => Err(format!("on the air until {until}, though it was to end at {latest}: {:?}", truth.session)),
        None => Ok(()),
    }
}

/// Promise S23, S25, S26, S27.
#[test]
fn a_stream_ends_when_it_should_and_not_before() {
    crate::campaign::outcome().assert_kept(crate::world::Promise::EndsWhenItShould);
}
