//! Standard output, which may be closed: `streamcore-server check-config | head -1` is no mistake.

use std::{
    fmt::Display,
    io::{self, Write as _},
};

/// Prints all of a text. Who closed the pipe has read enough, which is no error.
pub(crate) fn print(text: &impl Display) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match write!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
