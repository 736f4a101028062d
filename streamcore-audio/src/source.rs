//! Which file a location means, and that it lies inside of the media directory.
//!
//! **Rule.** Every location is untrusted, at the check and again when it is opened. First the words are refused that could lead out (absolute
//! paths, `..`, NUL, backslashes, unknown schemes), then the file system is asked where the path really leads, and that must be below the root.
//! Only regular files are opened: a FIFO would block whoever opens it. Messages never name a path outside of the root.

use std::{
    fs::{self, File, Metadata},
    io,
    path::{Component, Path, PathBuf},
};

use streamcore::{FailureKind, FailureReason, MAX_URL_BYTES};

/// Where media may come from: a directory, resolved, and the network if that is allowed.
#[derive(Debug, Clone)]
pub(crate) struct Root {
    /// Without symbolic links, so that resolved paths can be compared with it.
    canonical: PathBuf,
    /// As the operator wrote it: `file://` URLs may begin with it as well.
    given: PathBuf,
    /// The way to what is not here; none if there is none.
    #[cfg(feature = "remote")]
    remote: Option<crate::remote::Remote>,
}

/// A file that may be opened.
#[derive(Debug)]
pub(crate) struct Located {
    /// Where it is, without symbolic links.
    pub(crate) path: PathBuf,
    /// Its one normal name: relative to the root, with `/` between the parts.
    pub(crate) name: String,
    pub(crate) metadata: Metadata,
}

impl Root {
    pub(crate) fn new(directory: &Path) -> io::Result<Self> {
        let canonical = fs::canonicalize(directory)?;
        if !fs::metadata(&canonical)?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotADirectory, "it is not a directory"));
        }
        Ok(Self {
            canonical,
            given: std::path::absolute(directory)?,
            #[cfg(feature = "remote")]
            remote: None,
        })
    }

    /// The same directory, and http(s) URLs as well.
    #[cfg(feature = "remote")]
    pub(crate) fn with_remote(self, remote: crate::remote::Remote) -> Self {
        Self { remote: Some(remote), ..self }
    }

    /// What plays a location that is an http(s) URL; none if it is not one, or if there is no way to any.
    #[cfg(feature = "remote")]
    pub(crate) fn remote(&self, url: &str) -> Option<&crate::remote::Remote> {
        self.remote.as_ref().filter(|_| crate::remote::is_url(url))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.canonical
    }

    /// Finds the file that a location means. Blocks on the file system.
    pub(crate) fn locate(&self, url: &str) -> Result<Located, FailureReason> {
        let relative = self.relative(url)?;
        let path = fs::canonicalize(self.canonical.join(&relative)).map_err(|error| unreachable(&relative, &error))?;
        let inside = path.strip_prefix(&self.canonical).map_err(|_| leaves_root())?;
        let name = slashed(inside).ok_or_else(|| forbidden("the file's name is not UTF-8; rename it"))?;
        let metadata = fs::symlink_metadata(&path).map_err(|error| unreachable(&relative, &error))?;
        if metadata.is_dir() {
            return Err(forbidden(format!("{name:?} is a directory; name a file in it")));
        }
        if !metadata.is_file() {
            return Err(forbidden(format!("{name:?} is not a regular file")));
        }
        if metadata.len() == 0 {
            return Err(FailureReason::new(FailureKind::Empty, format!("{name:?} is empty; upload it again")));
        }
        Ok(Located { path, name, metadata })
    }

    /// Opens the file that a location means, for the check as for the broadcast. Blocks on the file system.
    pub(crate) fn open(&self, url: &str) -> Result<(Located, File), FailureReason> {
        let located = self.locate(url)?;
        let file = File::open(&located.path).map_err(|error| unreachable(Path::new(&located.name), &error))?;
        let opened = file.metadata().map_err(|error| unreachable(Path::new(&located.name), &error))?;
        // Between looking and opening somebody may have put something else there.
        if !same_file(&opened, &located.metadata) {
            return Err(FailureReason::new(
                FailureKind::Unreadable,
                format!("{:?} was replaced while it was opened; try again", located.name),
            ));
        }
        Ok((located, file))
    }

    /// The path below the root that a location names, by its words alone.
    fn relative(&self, url: &str) -> Result<PathBuf, FailureReason> {
        if url.is_empty() {
            return Err(forbidden("the location is empty; name a file of the media directory"));
        }
        if url.len() > MAX_URL_BYTES {
            return Err(forbidden(format!("the location is longer than {MAX_URL_BYTES} bytes")));
        }
        let path = match scheme(url) {
            None => PathBuf::from(url),
            Some("file") => self.below(&file_url_path(url)?)?,
            Some("http" | "https") => {
                return Err(FailureReason::new(
                    FailureKind::Unsupported,
                    "http(s) URLs are not played here; use a file of the media directory",
                ));
            }
            Some(scheme) => {
                return Err(forbidden(format!(
                    "the scheme {scheme:?} is not allowed; use a path in the media directory"
                )));
            }
        };
        plain(&path)?;
        Ok(path)
    }

    /// What is left of the absolute path of a `file://` URL behind the root.
    fn below(&self, absolute: &str) -> Result<PathBuf, FailureReason> {
        let absolute = Path::new(absolute);
        let inside = [&self.canonical, &self.given].into_iter().find_map(|root| absolute.strip_prefix(root).ok());
        inside.map(Path::to_path_buf).ok_or_else(leaves_root)
    }
}

/// Refuses paths that could lead anywhere but down.
fn plain(path: &Path) -> Result<(), FailureReason> {
    let text = path.to_str().unwrap_or("\0");
    if text.contains(['\0', '\\']) {
        return Err(forbidden("the path contains a NUL or a backslash; separate its parts with /"));
    }
    // "C:/" is absolute somewhere, and never the name of a directory of ours.
    let drive = matches!(text.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic());
    if path.is_absolute() || drive {
        return Err(forbidden("the path is absolute; give it relative to the media directory"));
    }
    match path.components().find(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        Some(_) => Err(forbidden("the path contains ..; give it relative to the media directory")),
        None => Ok(()),
    }
}

/// The scheme of a URL in lower case; none if this is a path.
///
/// `Fugue: a study.mp3` is a path: what looks like a scheme counts only before `//`, or if it is one that some player would follow.
fn scheme(url: &str) -> Option<&'static str> {
    const KNOWN: [&str; 16] = [
        "file",
        "http",
        "https",
        "ftp",
        "ftps",
        "sftp",
        "smb",
        "data",
        "javascript",
        "blob",
        "about",
        "pipe",
        "concat",
        "subfile",
        "rtmp",
        "rtsp",
    ];
    let (name, rest) = url.split_once(':')?;
    let known = KNOWN.into_iter().find(|known| name.eq_ignore_ascii_case(known));
    known.or(if rest.starts_with("//") { Some("other") } else { None })
}

/// The percent-decoded absolute path of a `file:` URL of this machine.
fn file_url_path(url: &str) -> Result<String, FailureReason> {
    let rest = url.split_once(':').map_or("", |(_, rest)| rest);
    let path = match rest.strip_prefix("//") {
        Some(after) => {
            let host_ends = after.find('/').unwrap_or(after.len());
            let (host, path) = after.split_at(host_ends);
            if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
                return Err(forbidden("a file:// URL must not name another machine; write file:///"));
            }
            path
        }
        None => rest,
    };
    if path.contains(['?', '#']) {
        return Err(forbidden("a file:// URL must not have a query or a fragment; write %3F for ? and %23 for #"));
    }
    let decoded = percent_decoded(path).ok_or_else(|| forbidden("the file:// URL is not percent-encoded UTF-8"))?;
    if !decoded.starts_with('/') {
        return Err(forbidden("a file:// URL needs an absolute path; or give a path relative to the media directory"));
    }
    Ok(decoded)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
            decoded.push((high * 16 + low) as u8);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

/// A relative path with `/` between its parts; none if it is not UTF-8.
pub(crate) fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

#[cfg(unix)]
fn same_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    a.is_file() && (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn same_file(a: &Metadata, _b: &Metadata) -> bool {
    a.is_file()
}

fn forbidden(detail: impl Into<String>) -> FailureReason {
    FailureReason::new(FailureKind::Forbidden, detail)
}

fn leaves_root() -> FailureReason {
    forbidden("the location leaves the media directory; use a file inside of it")
}

/// An I/O error that carries its reason, through readers that know nothing of reasons.
#[cfg(feature = "remote")]
pub(crate) fn carrying(reason: FailureReason) -> io::Error {
    io::Error::other(Carried(reason))
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Carried(FailureReason);

/// That the machine has run out of files, threads or memory, which is not the fault of any file, or the reason that the error carries; none if
/// it is something else.
pub(crate) fn out_of_means(error: &io::Error) -> Option<FailureReason> {
    if let Some(Carried(reason)) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return Some(reason.clone());
    }
    // ENFILE and EMFILE have no kind of their own.
    let files = cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24));
    // EAGAIN and ENOMEM, by whatever number.
    let others = matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::OutOfMemory);
    let detail =
        if files { "the server has too many files open" } else { "the server has run out of threads or memory" };
    (files || others).then(|| FailureReason::new(FailureKind::Unavailable, format!("{detail}; it is tried again")))
}

/// Says what the file system said, about a name relative to the root.
fn unreachable(name: &Path, error: &io::Error) -> FailureReason {
    if let Some(reason) = out_of_means(error) {
        return reason;
    }
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            FailureReason::new(FailureKind::NotFound, format!("there is no {name:?} in the media directory"))
        }
        io::ErrorKind::InvalidFilename => {
            FailureReason::new(FailureKind::Forbidden, format!("{name:?} cannot be a file: {}", error.kind()))
        }
        kind => FailureReason::new(FailureKind::Unreadable, format!("{name:?} cannot be read: {kind}")),
    }
}

#[cfg(test)]
mod tests;
