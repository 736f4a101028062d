//! What a wave costs: `cargo bench -p streamcore-audio --features bench --bench ring`.
//!
//! Publishing must not grow with the listeners but for one look at each, and a listener's reading must not grow with their number.

#![allow(missing_docs, reason = "a benchmark has no public items")]

use divan::{Bencher, counter::ItemsCount};
use streamcore_audio::measured::{Line, Ring};

const LISTENERS: [usize; 3] = [0, 100, 10_000];

fn main() {
    divan::main();
}

/// One wave to all who wait for it, woken by one task.
#[divan::bench(args = LISTENERS)]
fn publish(bencher: Bencher<'_, '_>, listeners: usize) {
    let mut ring = Ring::with(listeners);
    bencher.bench_local(|| ring.publish());
}

/// All listeners read one wave each and find that there is no more; the time is that of all, the rate that of each.
#[divan::bench(args = [1, 100, 10_000])]
fn publish_and_read(bencher: Bencher<'_, '_>, listeners: usize) {
    let mut ring = Ring::with(listeners);
    bencher.counter(ItemsCount::new(listeners)).bench_local(|| {
        ring.publish();
        assert_eq!(ring.read(), listeners);
    });
}

/// The PCM of one frame, 26 ms of music, becomes a frame.
#[divan::bench]
fn encode_frame(bencher: Bencher<'_, '_>) {
    let mut line = Line::new().expect("an encoder");
    bencher.bench_local(|| line.frame());
}

/// Half a second that nobody has heard is cut off, behind a new encoder that was warmed up.
#[divan::bench]
fn cut(bencher: Bencher<'_, '_>) {
    let prepared = || {
        let mut line = Line::new().expect("an encoder");
        line.lead().expect("it encodes");
        line
    };
    bencher.with_inputs(prepared).bench_local_refs(|line| line.cut());
}
