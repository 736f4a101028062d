//! Many tracks at once: chosen from what is found, or pasted.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{ROWS, end, open, rows, stopped};

/// What a person may take for ten tracks.
const LIMIT: Duration = Duration::from_secs(30);

fn names() -> Vec<String> {
    (0..10).map(|i| format!("song-{i}.wav")).collect()
}

fn titles(names: &[String]) -> Vec<&str> {
    names.iter().map(|name| name.trim_end_matches(".wav")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_tracks_by_choosing_them_take_less_than_30_s() {
    let names = names();
    let server = stopped(names.iter().map(String::as_str).chain(["other.wav"]));
    let browser = open(&server).await;
    let begin = Instant::now();
    browser.fill("#add-url", "song").await;
    browser.until("the ten to be found", "return document.querySelectorAll('#found input').length", 10).await;
    // The first seven one by one, the last three as a range.
    for row in 1..=8 {
        browser.click(&format!("#found li:nth-child({row}) label")).await;
    }
    browser.shift_click("#found li:nth-child(10) input").await;
    browser.until("the button", "return document.querySelector('#add-submit').textContent", "Add 10 tracks").await;
    browser.screenshots("choosing").await;
    browser.press("#add-url", "\u{e007}").await;
    browser.until("the ten", ROWS, rows(&titles(&names))).await;
    let took = begin.elapsed();
    println!("ten tracks by multi-select: {:.1} s", took.as_secs_f64());
    assert!(took < LIMIT, "{took:?}");
    assert_eq!(server.queue()["undo"], "add", "all of them are one edit");
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_tracks_by_pasting_them_take_less_than_30_s() {
    let names = names();
    let server = stopped(&names);
    let browser = open(&server).await;
    let begin = Instant::now();
    browser.click("#tab-paste").await;
    browser.fill("#paste", &names.join("\n")).await;
    browser.click("#paste-submit").await;
    browser.until("the ten", ROWS, rows(&titles(&names))).await;
    let took = begin.elapsed();
    println!("ten tracks by paste: {:.1} s", took.as_secs_f64());
    assert!(took < LIMIT, "{took:?}");
    browser.until("the box to be empty", "return document.querySelector('#paste').value", "").await;
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_is_pasted_the_good_lines_are_queued_and_the_bad_ones_stay_with_their_reasons() {
    let server = stopped(["a.wav", "b.wav", "c.wav"]);
    std::fs::write(server.media_dir().join("words.mp3"), "these are words and no audio").expect("written");
    let browser = open(&server).await;
    browser.click("#tab-paste").await;
    let list = "#EXTM3U\n#EXTINF:20,Somebody - First\na.wav\nmissing.wav\nb.wav\nwords.mp3\n#EXTINF:20,Third\nc.wav";
    browser.fill("#paste", list).await;
    browser.click("#paste-submit").await;
    browser.until("the good ones, in their order", ROWS, rows(&["First", "b", "Third"])).await;
    let staying = "return document.querySelector('#paste').value";
    browser.until("the bad ones to stay", staying, "missing.wav\nwords.mp3").await;
    let told = "return [...document.querySelectorAll('#paste-problems li')].map((li) => li.textContent)";
    let told = browser.run(told).await;
    let told: Vec<_> = told.as_array().expect("a list").iter().filter_map(|line| line.as_str()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("1: missing.wav") && told[0].len() > "1: missing.wav".len() + 5, "{told:?}");
    assert!(told[1].starts_with("2: words.mp3") && told[1].len() > "2: words.mp3".len() + 5, "{told:?}");
    browser.screenshots("errors").await;

    // To the front they go in their order too, and what was corrected goes in.
    browser.click("#add-next").await;
    browser.fill("#paste", "c.wav\nnowhere.wav\na.wav").await;
    browser.click("#paste-submit").await;
    browser.until("the two in front", ROWS, rows(&["c", "a", "First", "b", "Third"])).await;
    browser.until("the bad one to stay", staying, "nowhere.wav").await;
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_add_whose_answer_is_lost_is_done_once() {
    let server = stopped(["a.wav", "b.wav"]);
    let browser = open(&server).await;
    // The server gets it and does it; its answer is lost, three times.
    let lossy = "const real = window.fetch;
        window.__lost = 0;
        window.fetch = async (...all) => {
            const answer = await real(...all);
            if (all[1]?.method !== 'POST' || window.__lost >= 3) return answer;
            window.__lost += 1;
            throw new TypeError('lost');
        }";
    browser.run(lossy).await;
    browser.click("#tab-paste").await;
    browser.fill("#paste", "a.wav\nb.wav").await;
    browser.click("#paste-submit").await;
    let told = "return document.querySelector('#add-message').textContent.includes('did not answer')";
    browser.until("it to be told", told, true).await;
    assert_eq!(browser.run("return window.__lost").await, json!(3), "it tried again by itself");
    assert_eq!(browser.run("return document.querySelector('#paste').value").await, json!("a.wav\nb.wav"), "kept");
    browser.click("#paste-submit").await;
    browser.until("the box to be empty", "return document.querySelector('#paste').value", "").await;
    browser.until("each once", ROWS, rows(&["a", "b"])).await;
    end(browser).await;
}
