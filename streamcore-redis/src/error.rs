//! Why a store cannot be connected to, and how Redis' failures become those of the ports.

use std::{fmt, sync::Arc};

/// Why a store cannot be used. Each says what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL cannot be read.
    #[error("the Redis URL cannot be used: {problem}; it looks like redis://user:password@host:6379/0")]
    Url {
        /// What is wrong with it. Never contains the password.
        problem: String,
    },
    /// The certificates cannot be used.
    #[error("the certificates for Redis cannot be used: {problem}")]
    Tls {
        /// What is wrong with them.
        problem: String,
    },
    /// Nobody answers there, or not in time.
    #[error(
        "no Redis answers at {server}: {reason}; check the address, and that the server runs and can be reached from here"
    )]
    Unreachable {
        /// Where.
        server: String,
        /// What was tried and failed.
        reason: String,
    },
    /// It answers, and does not let us in.
    #[error("the Redis at {server} refuses user and password: {reason}; check both in the URL, and the server's ACL")]
    Refused {
        /// Where.
        server: String,
        /// What the server said.
        reason: String,
    },
    /// It lets us in, and cannot be used.
    #[error("the Redis at {server} cannot be used: {reason}")]
    Unusable {
        /// Where.
        server: String,
        /// Why, and what to do.
        reason: String,
    },
}

/// Why a request was not done.
#[derive(Debug)]
pub(crate) enum Fault<E> {
    /// The port says no; it is the answer.
    Refused(E),
    /// Redis did not answer, or not as it should.
    Away(Unavailable),
    /// A value cannot be understood: which, and why.
    Corrupt(Corrupt),
}

/// Key, field and problem of a value that cannot be understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Corrupt(pub(crate) String);

impl<E> From<Unavailable> for Fault<E> {
    fn from(unavailable: Unavailable) -> Self {
        Self::Away(unavailable)
    }
}

impl<E> From<Corrupt> for Fault<E> {
    fn from(corrupt: Corrupt) -> Self {
        Self::Corrupt(corrupt)
    }
}

impl<E> From<Failure> for Fault<E> {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Away(unavailable) => Self::Away(unavailable),
            Failure::Corrupt(corrupt) => Self::Corrupt(corrupt),
        }
    }
}

/// Why a script has no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    Away(Unavailable),
    Corrupt(Corrupt),
}

/// Why the store cannot be asked: the source of the ports' `Unavailable`.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Unavailable {
    #[error("Redis does not answer ({0}); check that it runs and can be reached")]
    Silent(String),
    #[error("Redis has been away for {seconds} s ({reason}); check that it runs and can be reached")]
    Down { seconds: u64, reason: Arc<str> },
    #[error("Redis is out of memory; raise maxmemory, or free some")]
    OutOfMemory,
    #[error("Redis takes no writes ({0})")]
    TakesNoWrites(String),
    #[error("Redis refuses ({0})")]
    Refuses(String),
    #[error("others change {what} all the time")]
    Contended { what: String },
    #[error("{limit} requests wait already")]
    Busy { limit: usize },
    #[error("the store is closed")]
    Closed,
}

/// The errors that every port has.
pub(crate) trait PortError: fmt::Debug + Send + Sized + 'static {
    fn unavailable(source: Unavailable) -> Self;
    fn corrupt(detail: String) -> Self;
}

macro_rules! port_errors {
    ($($port:ident)*) => {$(
        impl PortError for streamcore::$port::Error {
            fn unavailable(source: Unavailable) -> Self {
                Self::unavailable(source)
            }

            fn corrupt(detail: String) -> Self {
                Self::Corrupt { detail }
            }
        }
    )*};
}

port_errors! { queue registry library idempotency }

impl<E: PortError> Fault<E> {
    /// What the caller is told.
    pub(crate) fn into_port(self) -> E {
        match self {
            Self::Refused(error) => error,
            Self::Corrupt(Corrupt(detail)) => E::corrupt(detail),
            Self::Away(unavailable) => E::unavailable(unavailable),
        }
    }
}
