//! How many cases the property tests of this folder generate.

use proptest::prelude::ProptestConfig;

/// Cases of each property, each with a server of its own; `STREAMCORE_PROPTEST_CASES` overrides it for a longer run.
const CASES: u32 = 16;

pub(crate) fn config() -> ProptestConfig {
    let wanted = std::env::var("STREAMCORE_PROPTEST_CASES").ok();
    let cases = wanted.map_or(CASES, |cases| cases.parse().expect("STREAMCORE_PROPTEST_CASES is a number"));
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}
