//! Why a store cannot be opened, and how SQLite's failures become those of the ports.

use std::{fmt, io, path::PathBuf, sync::Arc};

use rusqlite::ErrorCode;

/// Why a store cannot be opened. Each says what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The folder of the file does not exist.
    #[error("the folder {} does not exist; create it, or choose another data directory", folder.display())]
    FolderMissing {
        /// The folder.
        folder: PathBuf,
    },
    /// The file is something else.
    #[error("{} is not a Streamcore database; move it away, or choose another data directory", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A newer version of this program wrote it.
    #[error(
        "{} has schema version {found}, and this program knows versions up to {known}; run the newer program again, \
         or restore the backup made before it",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// Another process, or another handle in this one, has it open.
    #[error(
        "{} is in use by {}; stop that server, or choose another data directory",
        path.display(),
        holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
    )]
    InUse {
        /// The file.
        path: PathBuf,
        /// Who has it, if that could be read.
        holder: Option<u32>,
    },
    /// The file system refused.
    #[error("cannot open {}; check that this user may read and write it and its folder", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// SQLite refused.
    #[error("SQLite cannot open {}; check its permissions and the free space, or restore a backup", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Why a request was not done.
#[derive(Debug)]
pub(crate) enum Fault<E> {
    /// The port says no; it is the answer.
    Refused(E),
    /// SQLite failed.
    Sqlite(rusqlite::Error),
    /// A value cannot be understood: which, and why.
    Corrupt(Corrupt),
}

/// Table, row and column of a value that cannot be understood, and what is wrong with it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Corrupt(pub(crate) String);

impl<E> From<rusqlite::Error> for Fault<E> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl<E> From<Corrupt> for Fault<E> {
    fn from(corrupt: Corrupt) -> Self {
        Self::Corrupt(corrupt)
    }
}

/// The errors that every port has.
pub(crate) trait PortError: fmt::Debug + Send + Sized + 'static {
    fn unavailable(source: Unavailable) -> Self;
    fn corrupt(detail: String) -> Self;
}

impl PortError for streamcore::queue::Error {
    fn unavailable(source: Unavailable) -> Self {
        Self::unavailable(source)
    }

    fn corrupt(detail: String) -> Self {
        Self::Corrupt { detail }
    }
}

impl PortError for streamcore::registry::Error {
    fn unavailable(source: Unavailable) -> Self {
        Self::unavailable(source)
    }

    fn corrupt(detail: String) -> Self {
        Self::Corrupt { detail }
    }
}

impl PortError for streamcore::library::Error {
    fn unavailable(source: Unavailable) -> Self {
        Self::unavailable(source)
    }

    fn corrupt(detail: String) -> Self {
        Self::Corrupt { detail }
    }
}

impl PortError for streamcore::idempotency::Error {
    fn unavailable(source: Unavailable) -> Self {
        Self::unavailable(source)
    }

    fn corrupt(detail: String) -> Self {
        Self::Corrupt { detail }
    }
}

/// Why the store cannot be asked: the source of the ports' `Unavailable`.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Unavailable {
    #[error("SQLite could not carry it out")]
    Sqlite(#[source] Arc<rusqlite::Error>),
    /// The disk does not take it. Whoever answers people finds the kind in the source and can name the reason.
    #[error("the disk does not take it")]
    Disk(#[source] Arc<io::Error>),
    #[error("{limit} requests wait already")]
    Busy { limit: usize },
    #[error("the store is closed")]
    Closed,
}

impl<E: PortError> Fault<E> {
    /// What the caller is told.
    pub(crate) fn into_port(self) -> E {
        match self {
            Self::Refused(error) => error,
            Self::Corrupt(Corrupt(detail)) => E::corrupt(detail),
            Self::Sqlite(error) => from_sqlite(Arc::new(error)),
        }
    }
}

/// A damaged file stays damaged; all else (no space, no permission, an I/O error, a lock held by a tool) may pass.
pub(crate) fn from_sqlite<E: PortError>(error: Arc<rusqlite::Error>) -> E {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            E::corrupt(format!("the file is damaged ({error}); stop the server and restore a backup"))
        }
        Some(ErrorCode::DiskFull) => disk(io::ErrorKind::StorageFull, error),
        Some(ErrorCode::ReadOnly) => disk(io::ErrorKind::ReadOnlyFilesystem, error),
        Some(ErrorCode::SystemIoFailure) => disk(io::ErrorKind::Other, error),
        _ => E::unavailable(Unavailable::Sqlite(error)),
    }
}

fn disk<E: PortError>(kind: io::ErrorKind, error: Arc<rusqlite::Error>) -> E {
    E::unavailable(Unavailable::Disk(Arc::new(io::Error::new(kind, error))))
}
