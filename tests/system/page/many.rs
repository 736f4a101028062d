//! A thousand items: the page stays quick.

use serde_json::json;

use super::{end, open, stopped};

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_items_are_shown_without_a_long_pause() {
    let server = stopped(["a.wav"]);
    let long = "An exceedingly long title that goes on and on, as they do in the catalogues of music ".repeat(3);
    let item = |n: usize| match n {
        3 => json!({"url": "a.wav", "title": long, "added_by": "Anna"}),
        4 => json!({"url": "a.wav", "title": "שלום עולם – שיר ארוך (live)", "requested_by": 77}),
        n => json!({"url": "a.wav", "title": format!("Track {n}")}),
    };
    for hundred in 0..10 {
        let items: Vec<_> = (0..100).map(|n| item(hundred * 100 + n)).collect();
        let _ = server.call("POST", "/api/v1/queue/1/items/batch", Some(&json!({"items": items}))).expect(201);
    }
    let browser = open(&server).await;
    let shown = "return document.querySelectorAll('#queue > li').length";
    browser.until("the first hundred", shown, 100).await;
    browser.screenshots("many").await;
    browser.run("window.__long = []; new PerformanceObserver((seen) => seen.getEntries().forEach((one) => window.__long.push(one.duration)))
        .observe({ entryTypes: ['longtask'] })").await;
    for hundreds in 2..=10 {
        browser.run("document.querySelector('#more').click()").await;
        browser.until("a hundred more", &format!("{shown} >= {}", hundreds * 100), true).await;
    }
    browser.until("all of them", shown, 1_000).await;
    let loading = browser.run("return window.__long").await;
    browser.run("window.__long = []").await;
    // One edit that gives each row another number, as somebody else makes it.
    let before = browser.work().await;
    let last = server.call("GET", "/api/v1/queue/1?limit=1&offset=999", None).expect(200);
    let id = last["items"][0]["id"].as_str().expect("an id").to_owned();
    let _ =
        server.call("PATCH", &format!("/api/v1/queue/1/items/{id}/move"), Some(&json!({"position": 0}))).expect(200);
    let first = "return document.querySelector('#queue .item-title').textContent";
    browser.until("the last one in front", first, "Track 999").await;
    let update = browser.work().await - before;
    let updating = browser.run("return window.__long").await;
    println!("1,000 items: an update of all rows takes the page {:.0} ms of work", update * 1e3);
    println!("long tasks (over 50 ms) while loading {loading}, while updating {updating}");
    end(browser).await;
}
