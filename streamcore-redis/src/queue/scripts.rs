//! The scripts of the queue, and the keys that each of them gets.

use crate::script::{Lazy, Script};

/// The names of a queue's keys, in the order in which the scripts know them.
pub(super) const KEYS: &[&str] = &[
    "queue", "items", "order", "lanes", "urls", "vip", "admin", "sums", "history", "played", "heard", "requests",
    "turns", "undo", "cleared",
];

macro_rules! part {
    ($name:literal) => {
        include_str!(concat!("../scripts/queue/", $name, ".lua"))
    };
}

/// A script that changes something: the frame, what all of them share, and these parts.
macro_rules! changing {
    ($name:literal: $($part:literal),*) => {
        Lazy::new(|| {
            Script::changing(
                $name,
                &[
                    part!("changing"), part!("keys"), part!("order"), part!("sums"), part!("spread"), part!("turns"), part!("edit"),
                    $(part!($part),)* part!("changing_end"),
                ],
            )
        })
    };
}

macro_rules! reading {
    ($name:literal: $($part:literal),*) => {
        Lazy::new(|| {
            Script::reading($name, &[part!("reading"), part!("keys"), part!("order"), $(part!($part)),*])
        })
    };
}

pub(super) static APPLY: Lazy = changing!("queue/apply": "apply", "add", "change", "reorder", "undo", "apply_end");
pub(super) static ADVANCE: Lazy = changing!("queue/advance": "advance");
pub(super) static RELEASE: Lazy = changing!("queue/release": "release");
pub(super) static PURGE: Lazy =
    Lazy::new(|| Script::changing("queue/purge", &[part!("changing"), part!("purge"), part!("changing_end")]));
pub(super) static VIEW: Lazy = reading!("queue/view": "sums", "view");
pub(super) static HISTORY: Lazy = reading!("queue/history": "history");
