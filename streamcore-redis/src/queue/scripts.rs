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

pub(super) static APPLY: Lazy = Lazy::new(|| {
    Script::changing(
        "queue/apply",
        &[part!("changing"), part!("keys"), part!("order"), part!("turns"), part!("edit"), part!("apply")],
    )
});

pub(super) static ADVANCE: Lazy = Lazy::new(|| {
    Script::changing(
        "queue/advance",
        &[part!("changing"), part!("keys"), part!("order"), part!("turns"), part!("edit"), part!("advance")],
    )
});

pub(super) static RELEASE: Lazy = Lazy::new(|| {
    Script::changing(
        "queue/release",
        &[part!("changing"), part!("keys"), part!("order"), part!("edit"), part!("release")],
    )
});

pub(super) static PURGE: Lazy = Lazy::new(|| Script::changing("queue/purge", &[part!("changing"), part!("purge")]));

pub(super) static VIEW: Lazy =
    Lazy::new(|| Script::reading("queue/view", &[part!("reading"), part!("keys"), part!("order"), part!("view")]));

pub(super) static HISTORY: Lazy = Lazy::new(|| {
    Script::reading("queue/history", &[part!("reading"), part!("keys"), part!("order"), part!("history")])
});
