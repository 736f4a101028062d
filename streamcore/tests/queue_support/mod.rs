//! How many cases the property tests of this folder generate.

use proptest::test_runner::Config;

/// Cases of each property; `STREAMCORE_PROPTEST_CASES` overrides it for a longer run.
const CASES: u32 = 192;

/// No seed files: a failure becomes a named test, not a number.
pub(crate) fn config() -> Config {
    #[expect(clippy::disallowed_methods, reason = "a test, unlike the core, has an environment")]
    let wanted = std::env::var("STREAMCORE_PROPTEST_CASES").ok();
    let cases = wanted.map_or(CASES, |cases| cases.parse().expect("STREAMCORE_PROPTEST_CASES is a number"));
    Config { cases, failure_persistence: None, ..Config::default() }
}
