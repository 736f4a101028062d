//! Why the server does not run, and the exit code that says so: 64 for settings and the command line, 1 for the rest.

use std::{
    io::{self, Write as _},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

#[cfg(feature = "redis")]
use crate::config::Origin;
use crate::{config::ConfigError, token::TokenError};

/// `EX_USAGE` of sysexits: the command or its settings are wrong, or what they name is not there.
const USAGE: u8 = 64;

/// One message each: the thing, the reason, the next step.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(
        "cannot use the {what} directory {path}: {source}; make it writable for this user or name another with {flag}"
    )]
    Directory { what: &'static str, flag: &'static str, path: PathBuf, source: io::Error },
    #[error(
        "the data directory {path} is in use by another server; stop that one, or name another directory with --data-dir"
    )]
    InUse { path: PathBuf },
    #[cfg(feature = "redis")]
    #[error("cannot use redis.url from {origin}: {error}")]
    Redis { origin: Origin, error: streamcore_redis::ConnectError },
    #[cfg(feature = "redis")]
    #[error("cannot use redis.url from {origin}: {reason}")]
    Claim { origin: Origin, reason: String },
    #[cfg(feature = "redis")]
    #[error(
        "another server ({by}) uses the same Redis with the same redis.prefix ({prefix}), and two would drive the same streams; stop it, give this one another redis.prefix, \
         or start with --take-over if it is surely gone"
    )]
    SecondServer { by: String, prefix: String },
    #[cfg(not(feature = "sqlite"))]
    #[error(
        "redis.url is not set, and this program was built without the embedded store; set it (STREAMCORE_REDIS_URL, or --redis-url), or build with --features sqlite"
    )]
    NoStore,
    #[cfg(feature = "sqlite")]
    #[error("cannot open the store: {0}")]
    Store(#[from] streamcore_sqlite::OpenError),
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The settings check a token as strictly, so this names a contradiction between the two.
    #[error("cannot use the token: {0}")]
    RefusedToken(#[from] streamcore_http::TokenError),
    #[error("cannot listen on {address}: {source}; {}", next_step(.source, .setting))]
    Listen { setting: &'static str, address: SocketAddr, source: io::Error },
    #[error("cannot start the player: {0}")]
    Player(#[from] streamcore_audio::ConfigError),
    #[error("cannot resume the streams: {0}")]
    Resume(#[from] streamcore::registry::Error),
    #[error("cannot prepare the demo: {0}")]
    Demo(String),
    #[error("cannot start the runtime: {0}")]
    Runtime(io::Error),
    #[error("cannot write to standard output: {0}; make room, or send it elsewhere")]
    Output(io::Error),
}

fn next_step(source: &io::Error, setting: &str) -> String {
    match source.kind() {
        io::ErrorKind::AddrInUse => {
            format!("stop the program that uses it, or choose another port with {setting} (port 0 takes a free one)")
        }
        io::ErrorKind::PermissionDenied => format!("choose a port above 1023 with {setting}"),
        _ => format!("choose an address of this machine with {setting}"),
    }
}

impl Failure {
    /// Tells a person, and gives the exit code for a supervisor.
    pub(crate) fn report(&self) -> ExitCode {
        // When nobody is there to be told, the exit code still says it.
        let _ = writeln!(io::stderr(), "streamcore-server: {}", self.words());
        self.code()
    }

    /// The message with what lies behind it.
    pub(crate) fn words(&self) -> String {
        with_causes(self)
    }

    /// The exit code for a supervisor.
    pub(crate) fn code(&self) -> ExitCode {
        match self {
            Self::Config(_) => ExitCode::from(USAGE),
            #[cfg(feature = "redis")]
            Self::Redis { .. } | Self::Claim { .. } => ExitCode::from(USAGE),
            #[cfg(not(feature = "sqlite"))]
            Self::NoStore => ExitCode::from(USAGE),
            _ => ExitCode::FAILURE,
        }
    }
}

/// The message and what lies behind it, as far as the message does not say so already.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let reason = error.to_string();
        if !text.contains(&reason) {
            text.push_str(": ");
            text.push_str(&reason);
        }
        cause = error.source();
    }
    text
}

/// A command line that asks for help gets it; one that makes no sense is told why.
pub(crate) fn usage(answer: &clap::Error) -> ExitCode {
    // When standard output or error is closed nobody is there to be told.
    let _ = answer.print();
    if answer.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS }
}
