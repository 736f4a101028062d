//! The listening page as a person uses it: headless Chromium, real clicks, and sound that advances.

mod adding;
mod away;
mod browser;
mod editing;
mod ending;
mod many;
mod settings;
mod uploading;

use std::time::Duration;

use serde_json::{Value, json};
use streamcore_tests::{Options, Server, media::ToneFile};

use self::browser::Browser;

const NAMES: [&str; 4] = ["a.wav", "b.wav", "c.wav", "d.wav"];

fn server() -> Server {
    prepared(Server::start())
}

/// One that goes on when a limit of file sizes is set on it and reached.
fn server_that_survives_limits() -> Server {
    let shell = Some("trap '' XFSZ; exec \"$0\" \"$@\"".to_owned());
    prepared(Server::start_with(Options { shell, ..Options::default() }))
}

fn prepared(server: Server) -> Server {
    for (i, name) in (1..).zip(NAMES) {
        ToneFile::wav(name, 100 + 300 * i, 120).write(&server.media_dir());
    }
    server.start_stream();
    server.await_status("placeholder", Duration::from_secs(5));
    server
}

/// Place and title of each row, as a person reads them.
const ROWS: &str = "return [...document.querySelectorAll('#queue li[data-item-id]')].map(
    (row) => [Number(row.querySelector('.position').value), row.querySelector('.item-title').textContent])";

fn rows(titles: &[&str]) -> Value {
    (1..).zip(titles).map(|(place, title)| json!([place, title])).collect()
}

async fn add(browser: &Browser, name: &str) {
    browser.fill("#add-url", name).await;
    browser.click("#add-submit").await;
}

/// Shows the page of a server on which nothing runs, in a browser that has the token.
async fn open(server: &Server) -> Browser {
    let browser = Browser::open(&server.url("/")).await;
    browser.run(&format!("sessionStorage.setItem('streamcore.token', '{}')", server.token())).await;
    browser.load(&server.url("/")).await;
    browser.watch_errors().await;
    browser
}

/// A server with stream 1, stopped, and these files, which nobody queued.
fn stopped(files: impl IntoIterator<Item = impl AsRef<str>>) -> Server {
    let server = Server::start();
    for name in files {
        ToneFile { rate: 8_000, ..ToneFile::wav(name.as_ref(), 440, 20) }.write(&server.media_dir());
    }
    let _ = server.call("POST", "/api/v1/streams", Some(&json!({"id": 1, "name": "Test"}))).expect(201);
    server
}

async fn end(browser: Browser) {
    assert_eq!(browser.run("return window.__errors").await, json!([]), "no script failed");
    browser.close().await;
}

/// The button of the row with this number.
async fn press(browser: &Browser, row: usize, button: &str) {
    browser.click(&format!("#queue li[data-item-id]:nth-of-type({row}) .{button}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_can_listen_and_keep_the_queue() {
    let server = server();
    let browser = Browser::open(&server.url("/")).await;
    browser
        .until("the page to know the stream", "return document.querySelector('#status').dataset.status", "placeholder")
        .await;

    // The first change asks for the token.
    add(&browser, NAMES[0]).await;
    browser.until("the token dialog", "return document.querySelector('#token-dialog').open", true).await;
    browser.fill("#token-input", "not-the-right-token").await;
    browser.click("#token-save").await;
    browser.until("a wrong token to be refused", "return !document.querySelector('#token-error').hidden", true).await;
    browser.fill("#token-input", server.token()).await;
    browser.click("#token-save").await;
    browser.until("the first track", ROWS, rows(&["a"])).await;
    browser.until("its title", "return document.querySelector('#now-title').textContent", "a").await;

    for (i, name) in NAMES.iter().enumerate().skip(1) {
        add(&browser, name).await;
        browser.until("the added track", ROWS, rows(&["a", "b", "c", "d"][..=i])).await;
    }
    press(&browser, 4, "up").await;
    browser.until("d above c", ROWS, rows(&["a", "b", "d", "c"])).await;
    press(&browser, 2, "down").await;
    browser.until("d above b", ROWS, rows(&["a", "d", "b", "c"])).await;
    press(&browser, 3, "remove").await;
    browser.until("b to be gone", ROWS, rows(&["a", "d", "c"])).await;

    // What others do is seen without a click.
    let _ = server.add("b.wav");
    browser.until("somebody else's track", ROWS, rows(&["a", "d", "c", "b.wav"])).await;

    browser.click("#play").await;
    let advanced = "const audio = document.querySelector('audio'); return !audio.paused && audio.currentTime > 3";
    browser.until("three seconds of sound", advanced, true).await;
    browser.screenshots("playing").await;

    browser.click("#skip").await;
    browser.until("d to play", ROWS, rows(&["d", "c", "b.wav"])).await;
    browser.until("its title", "return document.querySelector('#now-title').textContent", "d").await;
    let before = browser.run("return document.querySelector('audio').currentTime").await.as_f64().expect("a number");
    let goes_on = format!("return document.querySelector('audio').currentTime > {before} + 2");
    browser.until("the sound to go on after the skip", &goes_on, true).await;
    assert_eq!(browser.run("return window.__errors").await, json!([]), "no script failed");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn titles_are_text_and_nothing_else() {
    let server = server();
    let evil = "<img src=x onerror=\"document.title='owned'\">";
    let body = json!({"title": evil, "url": "a.wav"});
    let _ = server.call("POST", "/api/v1/queue/1/items", Some(&body)).expect(201);
    let browser = Browser::open(&server.url("/")).await;
    browser.until("the row", ROWS, rows(&[evil])).await;
    assert_eq!(browser.run("return document.querySelectorAll('img[src=x]').length").await, json!(0));
    assert_ne!(browser.run("return document.title").await, json!("owned"));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_none_is_refused_in_the_numbers_that_people_see() {
    let server = server();
    let _: Vec<_> = NAMES[..3].iter().map(|name| server.add(name)).collect();
    server.await_playing("a.wav", Duration::from_secs(10));
    let browser = Browser::open(&server.url("/")).await;
    let untouched = rows(&["a.wav", "b.wav", "c.wav"]);
    browser.until("the rows", ROWS, untouched.clone()).await;
    let store = format!("sessionStorage.setItem('streamcore.token', '{}')", server.token());
    browser.run(&store).await;
    // As if typed: what a number field does with letters (`-` or `e` alone is kept, and is no number) is the browser's business.
    let field = "#queue li[data-item-id]:nth-of-type(3) .position";
    for (language, wanted) in [("en", "a whole number from 2 to 3"), ("ru", "целое число от 2 до 3")] {
        for typed in ["99", "1", "0", "-1", "1.5", "e", "--"] {
            browser.run("document.querySelector('#message').textContent = ''").await;
            browser.replace(field, typed).await;
            let says = format!("return document.querySelector('#message').textContent.includes('{wanted}')");
            browser.until(&format!("{typed:?} to be refused in {language}"), &says, true).await;
            browser.until("the field to be as it was", ROWS, untouched.clone()).await;
        }
        browser.click("#language").await;
    }
    browser.replace(field, "2").await;
    browser.until("a place that is one to be taken", ROWS, rows(&["a.wav", "c.wav", "b.wav"])).await;
    assert_eq!(browser.run("return window.__errors").await, json!([]), "no script failed");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_opens_the_first_stream_that_runs() {
    let server = Server::start();
    for id in [1, 2, 3] {
        let _ = server.call("POST", "/api/v1/streams", Some(&json!({"id": id, "name": "Test"}))).expect(201);
    }
    let shown = "return document.querySelector('#stream-select').value";
    let browser = Browser::open(&server.url("/")).await;
    browser.until("the first one, as none runs", shown, "1").await;
    for id in [3, 2] {
        let _ = server.call("POST", &format!("/api/v1/streams/{id}/start"), None).expect(200);
        browser.load(&server.url("/")).await;
        browser.until("the first one that runs", shown, id.to_string()).await;
    }
    browser.load(&server.url("/?stream=1")).await;
    browser.until("the one that the address names", shown, "1").await;
    browser.close().await;
}
