//! What reads bytes from outside, for `fuzz/`: each takes any bytes and must answer or refuse. Feature `fuzzing`.

use std::{fmt::Write as _, fs, path::Path};

use crate::{encode::FrameHeader, source::Root};

/// The header of an MP3 frame.
///
/// # Panics
/// If it promises a frame that no decoder would take.
pub fn frame_header(bytes: &[u8]) {
    let Some(header) = FrameHeader::parse(bytes) else { return };
    assert!((96..=1_441).contains(&header.bytes), "{header:?}");
    assert!(header.main_data_begin < 512 && (32..=320).contains(&header.bitrate_kbps), "{header:?}");
    assert!([32_000, 44_100, 48_000].contains(&header.sample_rate), "{header:?}");
}

/// A location, sought in a media directory that holds files, links and folders.
///
/// # Panics
/// If it is found outside of the directory, or under a name by which it is not found again.
pub fn location(directory: &Path, url: &str) {
    let Ok(root) = Root::new(directory) else { return };
    match root.locate(url) {
        Ok(found) => {
            assert!(found.path.starts_with(root.path()), "{url:?} leads to {}", found.path.display());
            let again = root.locate(&found.name);
            assert!(again.is_ok_and(|again| again.path == found.path), "{:?} is not found again", found.name);
        }
        Err(reason) => {
            let outside = fs::canonicalize(directory).ok().and_then(|path| path.parent().map(Path::to_path_buf));
            let mut told = String::new();
            let _ = write!(told, "{}", reason.detail);
            let told_before = outside.iter().any(|path| url.contains(&*path.to_string_lossy()));
            let leaks = outside.is_some_and(|path| path.parent().is_some() && told.contains(&*path.to_string_lossy()));
            assert!(!leaks || told_before, "the refusal of {url:?} names what is outside: {told}");
        }
    }
}
