//! Logs: one line each on standard error, as text for people or as JSON for programs, whatever it is that is told.
//!
//! [`mod@line`] reads what is to be told, [`text`] and [`json`] write it, [`events`] tells the facts about streams, [`panics`] what nobody caught.

mod events;
mod json;
mod line;
mod panics;
mod text;

use std::process::ExitCode;

use tracing_subscriber::{layer::SubscriberExt as _, util::SubscriberInitExt as _};

pub(crate) use self::events::LogSink;
use crate::{
    config::{Format, Log},
    failure::Failure,
};

/// Begins to log.
pub(crate) fn init(log: &Log) {
    // Whoever reads the lines is told of nothing that is about the lines, least of all between them.
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).log_internal_errors(false);
    let registry = tracing_subscriber::registry().with(log.filter.clone());
    match log.format.value {
        Format::Text => registry.with(lines.with_ansi(use_colour()).event_format(text::Text)).init(),
        Format::Json => registry.with(lines.with_ansi(false).event_format(json::Json)).init(),
    }
    panics::log();
}

/// Tells why the server ended, in the form of the lines before.
pub(crate) fn report(failure: &Failure, log: &Log) -> ExitCode {
    match log.format.value {
        Format::Text => failure.report(),
        Format::Json if tracing::enabled!(tracing::Level::ERROR) => {
            tracing::error!(detail = failure.words(), "the server cannot go on");
            failure.code()
        }
        // Not even errors are to be logged; but a start that failed without a word helps nobody.
        Format::Json => failure.report(),
    }
}

fn use_colour() -> bool {
    std::io::IsTerminal::is_terminal(&std::io::stderr()) && std::env::var_os("NO_COLOR").is_none()
}
