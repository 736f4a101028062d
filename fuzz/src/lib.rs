//! Arbitrary bytes against every parser of ours, the stream machine and the queue model.
//!
//! A target is a function of bytes that panics if a law is broken; [`TARGETS`] is all of them. Two front ends feed them:
//!
//! - `tests/short.rs`: the committed corpus and some thousands of mutations of it, the same ones every time, in seconds and on any compiler.
//!   Part of `tests/run`. `STREAMCORE_FUZZ_RUNS` and `STREAMCORE_TEST_SEED` make it longer and other.
//! - `libfuzzer/`: cargo-fuzz, guided by coverage: an hour in `tests/run --long`.
//!
//! A new target is a function, its line in [`TARGETS`] and a folder in `corpus/` with an example or two. What a front end finds becomes
//! a file of that folder, with a name that says what it was.

mod bytes;
mod ids;
mod machine;
pub mod mutate;
mod playlist;
mod queue;
mod rows;

use std::{cell::OnceCell, fs, os::unix::fs::symlink};

use tempfile::TempDir;

/// A function that takes any bytes.
pub type Target = fn(&[u8]);

/// Every target, by the name of its corpus.
pub const TARGETS: [(&str, Target); 12] = [
    ("accept_language", streamcore_http::fuzzing::accept_language),
    ("body", streamcore_http::fuzzing::body),
    ("frame_header", streamcore_audio::fuzzing::frame_header),
    ("ids", ids::target),
    ("if_match", streamcore_http::fuzzing::if_match),
    ("location", location),
    ("machine", machine::target),
    ("playlist", playlist::target),
    ("queue", queue::target),
    ("queue_ops", queue::every_op),
    ("rows", rows::target),
    ("url", url),
];

/// The target of this name.
#[must_use]
pub fn target(name: &str) -> Option<Target> {
    TARGETS.iter().find(|(known, _)| *known == name).map(|(_, target)| *target)
}

/// The path and query of a request.
fn url(bytes: &[u8]) {
    streamcore_http::fuzzing::target(&String::from_utf8_lossy(bytes));
}

/// A location in a media directory with something to find, and with ways out of it.
fn location(bytes: &[u8]) {
    thread_local! {
        static PLACE: OnceCell<TempDir> = const { OnceCell::new() };
    }
    PLACE.with(|place| {
        let place =
            place.get_or_init(|| make_place().unwrap_or_else(|error| panic!("a directory to look in: {error}")));
        streamcore_audio::fuzzing::location(&place.path().join("media"), &String::from_utf8_lossy(bytes));
    });
}

fn make_place() -> std::io::Result<TempDir> {
    let place = TempDir::new()?;
    let media = place.path().join("media");
    fs::create_dir_all(media.join("a/b"))?;
    fs::write(place.path().join("secret.wav"), "secret")?;
    for name in ["x.wav", "a/y.mp3", "a/b/Fugue: a study.mp3", "a/ü %.ogg"] {
        fs::write(media.join(name), "sound")?;
    }
    symlink(place.path(), media.join("up"))?;
    symlink(place.path().join("secret.wav"), media.join("link.wav"))?;
    symlink(media.join("a"), media.join("b"))?;
    symlink(media.join("loop"), media.join("loop"))?;
    Ok(place)
}
