//! What a stream does, told as sentences.

mod beginning_and_ending;
mod ending_by_itself;
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

/// What a skip or a jump was told: whether it did something, and what plays.
fn skipped(world: &World, command: CommandId) -> (bool, Option<ItemId>) {
    match world.reply(command) {
        Ok(Done::Skipped { skipped, current, .. }) => (*skipped, current.as_ref().map(|item| item.id)),
        other => panic!("{other:?}"),
    }
}
