//! File descriptors: each connection, each playing track and the store need some, and the usual limit of a process is low.

use tracing::warn;

/// Kept for the store, for tracks that are opened and for whatever else the process needs: connections must not be able to take them, or
/// anybody who opens enough of them keeps every track from being opened.
const RESERVED: u64 = 256;

/// Raises the limit as far as the system allows, and returns how many connections may be served at once: what is configured, or less.
pub(crate) fn connections(configured: usize) -> usize {
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or_else(|error| {
        warn!(%error, "the limit of open files cannot be raised");
        // What POSIX promises at the least, with room for our own.
        RESERVED * 2
    });
    let allowed = within(configured, files);
    if allowed < configured {
        warn!(
            files,
            configured,
            allowed,
            "fewer connections than http.max_connections: raise the limit of open files (ulimit -n)"
        );
    }
    allowed
}

/// How many of the connections may be listeners: what is configured, or less. They stay for hours; the rest is for requests that pass.
pub(crate) fn listeners(configured: usize, connections: usize) -> usize {
    configured.min(connections - connections / 10).max(1)
}

/// How many connections this many open files allow, of those that are configured.
pub(crate) fn within(configured: usize, files: u64) -> usize {
    // Where there is too little for both, half is kept.
    let reserved = RESERVED.min(files / 2);
    configured.min(usize::try_from(files - reserved).unwrap_or(usize::MAX)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_leave_connections_for_others() {
        assert_eq!(listeners(9_000, 10_000), 9_000);
        assert_eq!(listeners(9_000, 768), 692);
        assert_eq!(listeners(9_000, 1), 1);
    }

    #[test]
    fn connections_leave_files_for_tracks_and_the_store() {
        assert_eq!(within(10_000, 1_000_000), 10_000);
        assert_eq!(within(10_000, 1_024), 768);
        assert_eq!(within(10_000, 96), 48);
        assert_eq!(within(10_000, 0), 1);
    }
}
