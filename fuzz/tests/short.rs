//! The short run: the corpus, and mutations of it that are the same every time.

use std::{fs, panic, path::Path, time::Instant};

use streamcore_fuzz::{TARGETS, mutate::mutate};
use streamcore_tests::random::Random;

/// Mutations for each target: a few seconds for all of them.
const RUNS: usize = 20_000;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).expect("read")).collect()
}

#[test]
fn no_input_breaks_a_law() {
    let runs = number("STREAMCORE_FUZZ_RUNS").map_or(RUNS, |runs| runs as usize);
    let seed = number("STREAMCORE_TEST_SEED").unwrap_or(1);
    for (name, target) in TARGETS {
        // Every operation, and what takes it back, of whole models: dearer than all others together.
        let runs = if name == "queue_ops" { runs / 10 } else { runs };
        let corpus = corpus(name);
        assert!(!corpus.is_empty(), "there is no corpus for {name}");
        let mut random = Random::new(seed);
        let (begin, mut bytes) = (Instant::now(), 0);
        let mutations = (0..runs).map(|_| mutate(&mut random, &corpus));
        for input in corpus.iter().cloned().chain(mutations) {
            bytes += input.len();
            if panic::catch_unwind(|| target(&input)).is_err() {
                panic!("{name} breaks on {} bytes: b\"{}\"", input.len(), input.escape_ascii());
            }
        }
        println!(
            "{name:<16} {} of the corpus and {runs} mutations, {bytes} bytes, in {:?}",
            corpus.len(),
            begin.elapsed()
        );
    }
}

#[test]
fn every_folder_of_the_corpus_has_a_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for entry in fs::read_dir(folder).expect("a folder") {
        let name = entry.expect("an entry").file_name();
        assert!(TARGETS.iter().any(|(target, _)| name == *target), "{} has none", name.display());
    }
}
