//! No stream ends by itself while somebody is known to listen, or while nobody knows.
//!
//! Who is thrown out of a broadcast that they are listening to will not be consoled by a good reason, so this holds at every moment, in any
//! weather and whatever else is promised. "Known" means: told to the process that is running now, by sources that it knows of. Two things
//! follow that are checked here as well. A source that a process was told of must be known of (as unknown) by the next process, or else a
//! restart would make an empty room out of people whose agent has not reported yet; only where the store could not note it is it forgotten.
//! And *somebody* is enough: one known listener counts even if all other sources are unknown.

use std::collections::BTreeSet;

use streamcore::{EndReason, presence::SourceId};

use crate::{
    truth::Truth,
    world::{End, Verdict},
};

pub(crate) fn check(truth: &Truth, end: &End) -> Verdict {
    if end.cause.reason() == EndReason::AutoEnd && !truth.is_known_to_be_empty() {
        let audience = truth.audience();
        return Err(format!("session {} ended by itself at {} with {audience:?}", end.session, end.at));
    }
    Ok(())
}

/// What a process knows of, when it goes on with what another one left.
pub(crate) fn check_sources(truth: &Truth, known: &BTreeSet<SourceId>) -> Verdict {
    let left = truth.sources_left();
    match left.difference(known).next() {
        Some(forgotten) => Err(format!("{forgotten} was known of before the restart at {}, and is not", truth.now())),
        None => Ok(()),
    }
}

/// Promise S24.
#[test]
fn no_stream_ends_while_it_is_heard_or_nobody_knows() {
    crate::campaign::outcome().assert_kept(crate::world::Promise::NeverEndsWhileHeard);
}
