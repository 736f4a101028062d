//! The machine: directories and their space, open files, the clock.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::Finding;
use crate::config::Config;

/// Below this a disk is about to be full: the store, uploads.
const FEW_BYTES: u64 = 256 << 20;
const NO_BYTES: u64 = 8 << 20;

/// 2024-01-01: a clock that shows less was never set.
const EARLIEST: Duration = Duration::from_secs(1_704_067_200);

/// How long the two clocks of the machine are compared, and how far they may part in that time.
const COMPARED: Duration = Duration::from_millis(200);
const PARTED: Duration = Duration::from_millis(50);

pub(super) fn look(config: &Config) -> Vec<Finding> {
    vec![
        directory("data directory", "--data-dir", &config.data_dir.value),
        directory("media directory", "--media-dir", &config.media_dir.value),
        files(config),
        clock(),
    ]
}

fn directory(check: &'static str, flag: &str, path: &Path) -> Finding {
    let shown = path.display();
    let advice = format!("make it a directory that this user can write, or name another with {flag}");
    // It is made at the first start.
    let Some(there) = nearest(path) else { return Finding::fail(check, format!("{shown} cannot be reached"), advice) };
    if let Err(error) = try_to_write(&there) {
        return Finding::fail(check, format!("{} cannot be written: {error}", there.display()), advice);
    }
    let state = if there == path { "can be written" } else { "will be made" };
    match rustix::fs::statvfs(&there) {
        Err(error) => Finding::warn(
            check,
            format!("{shown} {state}, and its free space is not known: {error}"),
            "look at it with `df`",
        ),
        Ok(space) => {
            let free = space.f_bavail.saturating_mul(space.f_frsize);
            let found = format!("{shown} {state}, {} MiB free", free >> 20);
            match free {
                ..NO_BYTES => Finding::fail(check, found, "make room: nothing more can be stored"),
                NO_BYTES..FEW_BYTES => Finding::warn(check, found, "make room before it is full"),
                _ => Finding::ok(check, found),
            }
        }
    }
}

/// The path, or the nearest above it that exists.
fn nearest(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let found = path.ancestors().find(|path| path.symlink_metadata().is_ok())?;
    Some(found.to_owned())
}

fn try_to_write(directory: &Path) -> io::Result<()> {
    let file = directory.join(format!(".streamcore-doctor-{}", std::process::id()));
    fs::write(&file, "x")?;
    fs::remove_file(file)
}

fn files(config: &Config) -> Finding {
    const CHECK: &str = "open files";
    let wanted = config.http.max_connections.value;
    match rlimit::getrlimit(rlimit::Resource::NOFILE) {
        Err(error) => Finding::warn(CHECK, format!("the limit is not known: {error}"), "look at it with `ulimit -Hn`"),
        Ok((_, most)) => {
            let allowed = crate::limits::within(wanted, most);
            let found = format!("{most} allowed");
            if allowed < wanted {
                let found = format!("{found}, enough for {allowed} of http.max_connections ({wanted})");
                return Finding::warn(
                    CHECK,
                    found,
                    "raise the limit (`ulimit -n`, LimitNOFILE= of systemd), or lower the setting",
                );
            }
            Finding::ok(CHECK, found)
        }
    }
}

fn clock() -> Finding {
    const CHECK: &str = "clock";
    let advice = "set the clock, and keep it by NTP (timedatectl set-ntp true)";
    let (wall, steady) = (SystemTime::now(), Instant::now());
    std::thread::sleep(COMPARED);
    let (passed, steady) = (wall.elapsed().unwrap_or_default(), steady.elapsed());
    let shown = wall.duration_since(UNIX_EPOCH).unwrap_or_default();
    if shown < EARLIEST {
        return Finding::fail(
            CHECK,
            format!("it shows {} s since 1970, which is before 2024", shown.as_secs()),
            advice,
        );
    }
    if passed.abs_diff(steady) > PARTED {
        let found = format!("it was moved while it was looked at: by {:?} in {steady:?}", passed.abs_diff(steady));
        return Finding::warn(CHECK, found, advice);
    }
    Finding::ok(CHECK, "is set, and runs evenly")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_is_not_there_yet_will_be_made_and_is_not_made_now() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a/b");
        let found = super::directory("data directory", "--data-dir", &path);
        assert!(found.found.contains("will be made"), "{found:?}");
        assert_eq!(fs::read_dir(directory.path()).expect("read").count(), 0);
        fs::write(directory.path().join("a"), "a file").expect("written");
        let found = super::directory("data directory", "--data-dir", &path);
        assert!(found.level == super::super::Level::Fail, "{found:?}");
    }
}
