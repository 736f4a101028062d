//! Any target, by coverage: `STREAMCORE_FUZZ_TARGET` names it.

#![no_main]

use std::sync::LazyLock;

static TARGET: LazyLock<streamcore_fuzz::Target> = LazyLock::new(|| {
    let name = std::env::var("STREAMCORE_FUZZ_TARGET").unwrap_or_default();
    streamcore_fuzz::target(&name).unwrap_or_else(|| panic!("STREAMCORE_FUZZ_TARGET={name} is no target"))
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| TARGET(bytes));
