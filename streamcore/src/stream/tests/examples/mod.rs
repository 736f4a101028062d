//! What a stream does, told as sentences.

mod beginning_and_ending;
mod failing;
mod handing_over;
mod jumping;
mod pausing;
mod restarting;
mod seeking;
mod skipping;
mod stalling;

use super::*;
use crate::{FailureKind, FailureReason, Outcome, auto_end::Verdict, player::Join};

fn broken() -> FailureReason {
    FailureReason::new(FailureKind::Broken, "not audio")
}
