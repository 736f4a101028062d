//! Who listens, and the end that a stream is heading for when nobody does.

use std::time::Instant;

use serde_json::{Value, json};
use streamcore_tests::Server;

use super::{browser::Browser, end, open, stopped};

pub(super) const AUTO_END: &str = "/api/v1/streams/1/auto-end";
const LISTENERS: &str = "/api/v1/streams/1/listeners";
const STATE: &str = "return document.querySelector('#auto-end').dataset.state";
/// The seconds that are left, as they are seen; none if no countdown is.
const LEFT: &str = "const seen = document.querySelector('#countdown');
    if (!seen.checkVisibility()) return null;
    return seen.textContent.split(':').reduce((all, part) => all * 60 + Number(part), 0)";

/// What is seen of an element; none if it is hidden.
pub(super) fn seen(css: &str) -> String {
    format!("const one = document.querySelector('{css}'); return one.checkVisibility() ? one.textContent : null")
}

pub(super) fn configure(server: &Server, settings: &Value) {
    let _ = server.call("PUT", AUTO_END, Some(settings)).expect(200);
}

pub(super) fn start(server: &Server) {
    let _ = server.call("POST", "/api/v1/streams/1/start", None).expect(200);
}

fn tell(server: &Server, told: &Value) {
    let _ = server.call("POST", LISTENERS, Some(told)).expect(200);
}

/// A stream that runs, to which nobody listens, and its page.
async fn empty(settings: Value) -> (Server, Browser) {
    let server = stopped(["a.wav"]);
    configure(&server, &settings);
    let browser = open(&server).await;
    start(&server);
    browser.until("a countdown", &until(LEFT, "!== null"), true).await;
    (server, browser)
}

/// Whether what a script returns is so.
fn until(script: &str, is: &str) -> String {
    format!("return (() => {{ {script} }})() {is}")
}

async fn left(browser: &Browser) -> i64 {
    browser.run(LEFT).await.as_i64().expect("a countdown")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_countdown_falls_and_is_what_the_server_says() {
    let (server, browser) = empty(json!({"timeout_seconds": 300})).await;
    assert_eq!(browser.run(STATE).await, json!("counting"));
    assert_eq!(browser.run(&seen("#audience")).await, json!("Nobody listens"));
    let before = left(&browser).await;
    // After ten looks of the page it is still right.
    browser.until("it to fall", &until(LEFT, &format!("<= {}", before - 10)), true).await;
    let said = server.status()["auto_end"]["remaining_seconds"].as_i64().expect("it is heading for its end");
    let shown = left(&browser).await;
    assert!((said - 2..=said + 1).contains(&shown), "{shown} s shown, {said} s said");
    browser.screenshots("counting").await;

    // It needs neither the server for each second nor a browser whose clock is right.
    let (begin, shown) = (Instant::now(), left(&browser).await);
    browser
        .run("const real = Date.now; Date.now = () => real() - 3_600_000; window.fetch = () => new Promise(() => {})")
        .await;
    browser.until("it to fall by itself", &until(LEFT, &format!("<= {}", shown - 6)), true).await;
    let (fallen, took) = (shown - left(&browser).await, begin.elapsed().as_secs_f64());
    assert!((fallen as f64 - took).abs() < 2.0, "{fallen} s fallen in {took:.1} s");
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_listens_makes_the_countdown_vanish_and_who_leaves_brings_it_back() {
    let (server, browser) = empty(json!({"timeout_seconds": 300})).await;
    browser.click("#play").await;
    browser.until("the countdown to be gone", LEFT, Value::Null).await;
    browser.until("the listener", &seen("#audience"), "1 listener").await;
    browser.until("the button to be gone", &seen("#keep-alive"), Value::Null).await;
    tell(&server, &json!({"source": "call", "listeners_count": 2}));
    browser.until("those elsewhere", &seen("#audience"), "3 listeners").await;
    browser.screenshots("listened").await;
    tell(&server, &json!({"source": "call", "listeners_count": 0}));
    browser.click("#play").await;
    browser.until("the countdown, anew", &until(LEFT, "> 290"), true).await;
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_minute_is_seen_and_told_once_and_keep_alive_moves_the_end() {
    let (server, browser) = empty(json!({"timeout_seconds": 64, "warnings_seconds": [60, 50]})).await;
    let told = "window.__told = [];
        const place = document.querySelector('#announce');
        new MutationObserver(() => window.__told.push(place.textContent)).observe(place, { childList: true })";
    browser.run(told).await;
    browser.until("the warning to be seen", STATE, "warning").await;
    browser
        .until("its button to stand out", "return document.querySelector('#keep-alive.primary') !== null", true)
        .await;
    let said = json!(["The stream ends in 1 min if nobody listens."]);
    browser.until("the warning to be told", "return window.__told", said.clone()).await;
    browser.until("three seconds of it", &until(LEFT, "<= 57"), true).await;
    assert_eq!(browser.run("return window.__told").await, said, "not each second");
    browser.screenshots("warning").await;

    let before = server.status()["auto_end"]["timeout_at"].clone();
    browser.click("#keep-alive").await;
    browser.until("the end to move", &until(LEFT, "> 60"), true).await;
    browser.until("the warning to be over", STATE, "counting").await;
    assert_ne!(server.status()["auto_end"]["timeout_at"], before);
    browser
        .until("it to be said", &seen("#auto-end-message"), "It goes on: the time without listeners counts from now.")
        .await;
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_tell_is_named_and_holds_the_end() {
    let (server, browser) = empty(json!({"timeout_seconds": 300})).await;
    tell(&server, &json!({"source": "telegram", "unknown": true}));
    browser.until("the end to be held", STATE, "held").await;
    browser.until("it to be said", &seen("#audience"), "Nobody knows who listens").await;
    browser.until("the source", &seen("#unknown-sources"), "Not heard from: telegram.").await;
    let why = "It will not end while nobody knows whether somebody listens.";
    browser.until("the reason", &seen("#held"), why).await;
    browser.screenshots("held").await;

    // That costs one request a look at most.
    let count = "const real = window.fetch; window.__looks = 0; window.__more = 0;
        window.fetch = (...all) => {
            if (/\\/status$/.test(all[0])) window.__looks += 1;
            if (/\\/(listeners|auto-end)$/.test(all[0])) window.__more += 1;
            return real(...all);
        }";
    browser.run(count).await;
    browser.until("four looks", "return window.__looks >= 4", true).await;
    let spent = browser.run("return window.__more > 0 && window.__more <= window.__looks").await;
    assert_eq!(spent, json!(true), "{}", browser.run("return [window.__looks, window.__more]").await);
    tell(&server, &json!({"source": "telegram", "listeners_count": 0}));
    browser.until("it to go on", STATE, "counting").await;
    browser.until("the reason to be gone", &seen("#held"), Value::Null).await;
    browser.until("the source to be gone", &seen("#unknown-sources"), Value::Null).await;
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_is_told_as_the_reason_why_nothing_ends() {
    let (_server, browser) = empty(json!({"timeout_seconds": 300})).await;
    // What a server answers whose store is away; to make one so is another test's business.
    let away = "const real = window.fetch;
        window.fetch = async (...all) => {
            const answer = await real(...all);
            if (!/\\/status$/.test(all[0])) return answer;
            const body = await answer.json();
            body.auto_end.held = 'store_away';
            return new Response(JSON.stringify(body));
        }";
    browser.run(away).await;
    browser.until("the end to be held", STATE, "held").await;
    let why = "It will not end while the server's store does not answer.";
    browser.until("the reason", &seen("#held"), why).await;
    assert_eq!(browser.run(&seen("#ends-in")).await, json!("Due in"));
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keep_alive_needs_the_token() {
    let (server, browser) = empty(json!({"timeout_seconds": 300})).await;
    browser.run("sessionStorage.clear()").await;
    let before = server.status()["auto_end"]["timeout_at"].clone();
    browser.click("#keep-alive").await;
    browser.until("the token to be asked for", "return document.querySelector('#token-dialog').open", true).await;
    assert_eq!(server.status()["auto_end"]["timeout_at"], before);
    browser.fill("#token-input", server.token()).await;
    browser.click("#token-save").await;
    let moved = "return document.querySelector('#auto-end-message').textContent !== ''";
    browser.until("it to be done then", moved, true).await;
    assert_ne!(server.status()["auto_end"]["timeout_at"], before);
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_panel_is_russian_for_who_reads_russian() {
    let (server, browser) = empty(json!({"timeout_seconds": 40})).await;
    browser.click("#language").await;
    for (css, words) in [
        ("#auto-end-heading", "Автозавершение"),
        ("#audience", "Никто не слушает"),
        ("#ends-in", "До завершения"),
        ("#keep-alive", "Не завершать"),
        ("#rule", "Завершится через 40 с без слушателей."),
    ] {
        // What `Intl` writes between a number and its unit is no plain space.
        let text = seen(css).replace("one.textContent", "one.textContent.replaceAll('\\u00a0', ' ')");
        browser.until(css, &text, words).await;
    }
    browser.screenshots("warning-ru").await;
    tell(&server, &json!({"source": "call", "listeners_count": 3}));
    browser.until("the listeners", &seen("#audience"), "3 слушателя").await;
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_end_the_page_says_why_and_lists_the_session() {
    let (server, browser) = empty(json!({"timeout_seconds": 6})).await;
    browser.until("its end", "return document.querySelector('#status').dataset.status", "stopped").await;
    let why = until(&seen("#ended"), ".replaceAll('\\u00a0', ' ').replace(/ \\(.*/, '')");
    browser.until("the reason", &why, "Ended by itself: nobody listened for 6 sec").await;
    browser.until("the countdown to be gone", LEFT, Value::Null).await;

    // While the list is open the next session comes by itself.
    browser.click("#tab-sessions").await;
    let listed = "return [...document.querySelectorAll('#sessions tr')].map((row) =>
        ['.reason .value', '.who', '.peak .value', '.tracks .value'].map((part) => row.querySelector(part).textContent))";
    let first = json!(["By itself", "", "0", "0"]);
    browser.until("the session", listed, json!([first])).await;
    configure(&server, &json!({"timeout_seconds": 300}));
    browser.click("#start").await;
    browser.until("it to run", &seen("#ended"), Value::Null).await;
    browser.until("its button", "return document.querySelector('#stop').checkVisibility()", true).await;
    browser.click("#stop").await;
    let second = json!(["Stopped", "by the service token", "0", "0"]);
    browser.until("both, newest first", listed, json!([second, first])).await;
    let why = until(&seen("#ended"), "?.replace(/ \\(.*/, '')");
    browser.until("who stopped it", &why, "Stopped by the service token").await;
    browser.screenshots("sessions").await;
    browser.emulate("light", 360, 780).await;
    browser.run("document.querySelector('#sessions').scrollIntoView({ block: 'center' })").await;
    browser.shoot("sessions-narrow").await;
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn older_sessions_come_when_they_are_asked_for() {
    let server = stopped(["a.wav"]);
    for _ in 0..25 {
        start(&server);
        let _ = server.call("POST", "/api/v1/streams/1/stop", None).expect(200);
    }
    let browser = open(&server).await;
    browser.click("#tab-sessions").await;
    let numbers = "return [...document.querySelectorAll('#sessions tr')].map((row) => Number(row.dataset.number))";
    browser.until("the newest", numbers, (6..=25).rev().collect::<Vec<_>>()).await;
    browser.until("how many more there are", &seen("#sessions-more"), "Show 5 more").await;
    browser.click("#sessions-more").await;
    browser.until("all", numbers, (1..=25).rev().collect::<Vec<_>>()).await;
    browser.until("no more", &seen("#sessions-more"), Value::Null).await;
    // A new one goes before them, and they stay.
    start(&server);
    let _ = server.call("POST", "/api/v1/streams/1/stop", None).expect(200);
    browser.until("one more", numbers, (1..=26).rev().collect::<Vec<_>>()).await;
    end(browser).await;
}
