//! Keeping the queue: by mouse, by key, and beside others who do the same.

use std::time::Duration;

use serde_json::{Value, json};
use streamcore_tests::Server;

use super::{NAMES, ROWS, browser::Browser, end, open, rows, server, stopped};

const ALT_UP: &str = "\u{e00a}\u{e013}";
const ALT_DOWN: &str = "\u{e00a}\u{e015}";
const CONTROL_Z: &str = "\u{e009}z";
const MESSAGE: &str = "return document.querySelector('#message').textContent";

fn row(number: usize) -> String {
    format!("#queue > li:nth-of-type({number})")
}

/// A stopped stream with a, b, c and d waiting, and its page.
async fn with_four() -> (Server, Browser) {
    let server = stopped(NAMES);
    for name in NAMES {
        let _ = server.add(name);
    }
    let browser = open(&server).await;
    browser.until("the four", ROWS, rows(&NAMES)).await;
    (server, browser)
}

/// Which item has the focus, by its title.
const FOCUSED: &str =
    "return document.activeElement.closest('#queue > li')?.querySelector('.item-title').textContent ?? null";

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_dragged_to_another_place() {
    let (server, browser) = with_four().await;
    browser.drag(&format!("{} .handle", row(4)), &row(2), -15.0).await;
    let marked = "return document.querySelector('.drop-before .item-title')?.textContent ?? null";
    browser.until("the place to be marked", marked, "b.wav").await;
    browser.shoot("dragging").await;
    // Another admin's edit is seen in the middle of it, and the drag goes on.
    let d = server.queue()["items"][3]["id"].as_str().expect("an id").to_owned();
    let _ = server
        .call("POST", "/api/v1/queue/1/items?priority=true", Some(&json!({"url": "c.wav", "title": "new"})))
        .expect(201);
    browser.until("somebody else's track", ROWS, rows(&["new", "a.wav", "b.wav", "c.wav", "d.wav"])).await;
    let dragged = "return document.querySelector('.dragged')?.dataset.itemId ?? null";
    assert_eq!(browser.run(dragged).await, json!(d), "still in hand");
    browser.drag_to(&row(3), -15.0).await;
    browser.until("the place to be marked", marked, "b.wav").await;
    browser.let_go().await;
    browser.until("d before b", ROWS, rows(&["new", "a.wav", "d.wav", "b.wav", "c.wav"])).await;
    assert_eq!(server.titles(), ["new", "a.wav", "d.wav", "b.wav", "c.wav"]);
    // Down, and to the end.
    browser.drag(&format!("{} .handle", row(1)), &row(3), 15.0).await;
    browser.let_go().await;
    browser.until("the first behind d", ROWS, rows(&["a.wav", "d.wav", "new", "b.wav", "c.wav"])).await;
    browser.drag(&format!("{} .handle", row(1)), &row(5), 15.0).await;
    browser.let_go().await;
    browser.until("a at the end", ROWS, rows(&["d.wav", "new", "b.wav", "c.wav", "a.wav"])).await;
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finger_drags_a_row_on_a_phone() {
    let (server, browser) = with_four().await;
    browser.emulate("light", 360, 780).await;
    browser.run("document.querySelector('#queue').scrollIntoView({block: 'center'})").await;
    browser.drag_by_finger(&format!("{} .handle", row(1)), &row(3), 15.0).await;
    browser.until("a behind c", ROWS, rows(&["b.wav", "c.wav", "a.wav", "d.wav"])).await;
    assert_eq!(server.titles(), ["b.wav", "c.wav", "a.wav", "d.wav"]);
    // What a narrow row has no room for is one press away.
    browser.click(&format!("{} .item-more", row(4))).await;
    browser.click(&format!("{} .remove", row(4))).await;
    browser.until("d to be gone", ROWS, rows(&["b.wav", "c.wav", "a.wav"])).await;
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyboard_walks_moves_removes_and_undoes() {
    let (server, browser) = with_four().await;
    // Down from the first to the third.
    browser.press(&row(1), "\u{e015}").await;
    browser.press(&row(2), "\u{e015}").await;
    browser.until("the third to have the focus", FOCUSED, "c.wav").await;
    // Quicker than the server answers: each step counts.
    browser.press(&row(3), &format!("{ALT_UP}\u{e013}")).await;
    browser.until("c in front", ROWS, rows(&["c.wav", "a.wav", "b.wav", "d.wav"])).await;
    browser.until("the focus to go along", FOCUSED, "c.wav").await;
    let announced = "return document.querySelector('#announce').textContent";
    browser.until("it to be said", announced, "c.wav is now 1 of 4").await;
    browser.press(&row(1), ALT_DOWN).await;
    browser.until("one down", ROWS, rows(&["a.wav", "c.wav", "b.wav", "d.wav"])).await;

    browser.press(&row(2), "\u{e017}").await;
    browser.until("c to be gone", ROWS, rows(&["a.wav", "b.wav", "d.wav"])).await;
    browser.until("the focus to stay at its place", FOCUSED, "b.wav").await;
    let undo = "return document.querySelector('#undo').textContent.trim()";
    browser.until("the button to name what it undoes", undo, "Undo removing").await;
    browser.press(&row(2), CONTROL_Z).await;
    browser.until("c to be back", ROWS, rows(&["a.wav", "c.wav", "b.wav", "d.wav"])).await;
    browser.until("the button to name the move before", undo, "Undo moving").await;

    // In a text field the same keys belong to the text.
    browser.fill("#add-url", "x").await;
    browser.press("#add-url", CONTROL_Z).await;
    browser.until("the text to be undone", "return document.querySelector('#add-url').value", "").await;
    assert_eq!(server.titles(), ["a.wav", "c.wav", "b.wav", "d.wav"], "and not the queue");
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_moves_what_they_did_not_see() {
    let (server, browser) = with_four().await;
    // The page is kept from looking, so that it shows what is no longer true.
    let blind = "const real = window.fetch, opened = new Promise((open) => (window.__open = open));
        window.__held = 0;
        window.fetch = async (...all) => {
            if (all[1]?.method === 'GET') { window.__held += 1; await opened; }
            return real(...all);
        }";
    browser.run(blind).await;
    browser.until("it to be kept from looking", "return window.__held > 0", true).await;
    let d = server.queue()["items"][3]["id"].as_str().expect("an id").to_owned();
    let _ = server.call("PATCH", &format!("/api/v1/queue/1/items/{d}/move"), Some(&json!({"position": 0}))).expect(200);
    browser.click(&format!("{} .down", row(1))).await;
    browser.until("it to be told", &format!("{MESSAGE}.includes('changed before')"), true).await;
    browser.run("window.__open()").await;
    browser.until("what is true to be shown", ROWS, rows(&["d.wav", "a.wav", "b.wav", "c.wav"])).await;
    assert_eq!(server.titles(), ["d.wav", "a.wav", "b.wav", "c.wav"], "nothing else moved");
    // And then it works.
    browser.click(&format!("{} .down", row(2))).await;
    browser.until("a below b", ROWS, rows(&["d.wav", "b.wav", "a.wav", "c.wav"])).await;
    browser.until("the message to go", "return document.querySelector('#message').hidden", true).await;
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cleared_comes_back_and_modes_and_repeats_are_chosen() {
    let (server, browser) = with_four().await;
    browser.click("#clear").await;
    browser.until("an empty queue", ROWS, json!([])).await;
    browser.screenshots("empty").await;
    browser.click("#message button").await;
    browser.until("all of it back", ROWS, rows(&NAMES)).await;
    for (field, value) in [("mode", "fair"), ("repeat", "all")] {
        browser.click(&format!("#{field} option[value={value}]")).await;
        let known = || (server.queue()[field] == value).then_some(());
        streamcore_tests::wait::until(field, Duration::from_secs(10), known);
    }
    // One time in 24 a shuffle leaves four tracks as they are.
    for _ in 0..20 {
        browser.click("#shuffle").await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        if server.queue()["undo"] == "shuffle" {
            break;
        }
    }
    let undo = "return document.querySelector('#undo').textContent.trim()";
    browser.until("the shuffle", undo, "Undo shuffling").await;
    browser.click("#undo").await;
    browser.until("the order before", ROWS, rows(&NAMES)).await;
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_steers_what_plays_and_plays_again_what_was_played() {
    let server = server();
    for name in NAMES {
        let _ = server.add(name);
    }
    server.await_playing("a.wav", Duration::from_secs(10));
    let browser = open(&server).await;
    browser.until("the four", ROWS, rows(&NAMES)).await;
    let begins = "return /at \\d/.test(document.querySelectorAll('#queue .item-facts')[1].textContent)";
    browser.until("when the next one begins", begins, true).await;

    browser
        .run("const bar = document.querySelector('#seek'); bar.value = 60; bar.dispatchEvent(new Event('change'))")
        .await;
    let at_60 = || (server.status()["current_position"].as_f64() >= Some(59.0)).then_some(());
    streamcore_tests::wait::until("the seek", Duration::from_secs(10), at_60);

    browser.click(&format!("{} .play-next", row(4))).await;
    browser.until("d next", ROWS, rows(&["a.wav", "d.wav", "b.wav", "c.wav"])).await;
    browser.click(&format!("{} .play-now", row(4))).await;
    browser.until("c now", ROWS, rows(&["c.wav", "d.wav", "b.wav"])).await;
    server.await_playing("c.wav", Duration::from_secs(10));
    browser.click("#previous").await;
    browser.until("a again", ROWS, rows(&["a.wav", "c.wav", "d.wav", "b.wav"])).await;

    // What cannot be played is told with its reason.
    std::fs::remove_file(server.media_dir().join("c.wav")).expect("removed");
    browser.click("#skip").await;
    browser.until("d, as c is gone", ROWS, rows(&["d.wav", "b.wav"])).await;
    browser.click("#tab-history").await;
    let failed = "return document.querySelector('#history .past-how.failed')?.textContent.startsWith('Failed: not found') ?? false";
    browser.until("why it failed", failed, true).await;
    browser.screenshots("history").await;
    let title = "return document.querySelector('#history li:last-child .past-title').textContent";
    let first: Value = browser.run(title).await;
    browser.click("#history li:last-child .again").await;
    let told = "return document.querySelector('#history-message').textContent";
    browser.until("it to be told", told, format!("Added: {}", first.as_str().unwrap_or_default())).await;
    assert_eq!(server.titles(), ["d.wav", "b.wav", "a.wav"]);
    end(browser).await;
}
