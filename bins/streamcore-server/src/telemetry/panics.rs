//! A panic is a line like every other, with the request in which it happened.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic::{PanicHookInfo, set_hook},
};

/// From now on panics are logged.
pub(super) fn log() {
    set_hook(Box::new(tell));
}

fn tell(panic: &PanicHookInfo<'_>) {
    // Only where RUST_BACKTRACE asks for it.
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
    tracing::error!(
        target: "streamcore::panic",
        detail = panic.payload_as_str().unwrap_or("not a text"),
        location = panic.location().map(ToString::to_string),
        thread = std::thread::current().name(),
        backtrace,
        "panicked"
    );
}
