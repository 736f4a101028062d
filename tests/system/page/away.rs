//! The page while the store takes no changes: it says so, refuses in the server's words, and is itself again afterwards.

use std::process::Command;

use streamcore_tests::process;

use super::{ROWS, add, end, open, rows};

const BANNER: &str =
    "const banner = document.querySelector('#store-away'); return banner.hidden ? '' : banner.textContent.slice(0, 32)";

/// Promise H19.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_takes_nothing_is_told_and_over_by_itself() {
    process::require("prlimit");
    let server = super::server_that_survives_limits();
    let limit = |bytes: &str| {
        let set = format!("--fsize={bytes}:unlimited");
        let status =
            Command::new("prlimit").args(["--pid", &server.pid().to_string(), &set]).status().expect("it runs");
        assert!(status.success());
    };
    let browser = open(&server).await;
    add(&browser, "a.wav").await;
    browser.until("the track", ROWS, rows(&["a"])).await;
    limit("0");
    add(&browser, "b.wav").await;
    browser
        .until(
            "the refusal",
            "return document.querySelector('#add-message').textContent.includes('cannot write')",
            true,
        )
        .await;
    browser.until("the banner", BANNER, "The store takes no changes since").await;
    browser.screenshots("store-away").await;
    browser.until("the list to stay", ROWS, rows(&["a"])).await;
    limit("unlimited");
    browser.until("the banner to go by itself", BANNER, "").await;
    end(browser).await;
}
