//! Files from the person's machine.

use std::fs;

use serde_json::json;
use streamcore_tests::media::ToneFile;

use super::{ROWS, end, open, rows, stopped};

/// Name and state of each file.
const UPLOADS: &str = "return [...document.querySelectorAll('#uploads li')].map(
    (row) => [row.querySelector('.upload-name').textContent, row.dataset.state])";

#[tokio::test(flavor = "multi_thread")]
async fn several_files_are_sent_and_queued_and_one_that_is_no_audio_says_so() {
    let server = stopped(["there.wav"]);
    let mine = tempfile::tempdir().expect("a directory");
    for name in ["one.wav", "two.wav"] {
        ToneFile::wav(name, 440, 5).write(mine.path());
    }
    fs::write(mine.path().join("words.mp3"), "these are words and no audio".repeat(100)).expect("written");
    let browser = open(&server).await;
    browser.click("#tab-files").await;
    let files = ["one.wav", "words.mp3", "two.wav"].map(|name| mine.path().join(name));
    browser.choose("#upload-files", &files).await;
    let wanted = json!([["one.wav", "queued"], ["words.mp3", "failed"], ["two.wav", "queued"]]);
    browser.until("what became of each", UPLOADS, wanted).await;
    browser.until("the two", ROWS, rows(&["one", "two"])).await;
    let why = "return document.querySelector('#uploads li[data-state=failed] .upload-state').textContent";
    let why = browser.run(why).await;
    assert!(why.as_str().is_some_and(|why| why.starts_with("Failed: ") && why.len() > 20), "{why}");
    browser.screenshots("uploaded").await;

    // A list is read, whichever way it comes.
    fs::write(mine.path().join("list.m3u"), "#EXTM3U\n#EXTINF:20,From the list\nthere.wav\n").expect("written");
    browser.choose("#upload-files", &[mine.path().join("list.m3u")]).await;
    browser.until("the list's track", ROWS, rows(&["one", "two", "From the list"])).await;
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_dropped_anywhere_and_an_upload_can_be_cancelled() {
    let server = stopped(["there.wav"]);
    let browser = open(&server).await;
    // What a browser hands over when files are dropped: a long one, sent by a network that is slow.
    let drop = "const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(60_000_000)], 'long.wav'));
        data.items.add(new File(['#EXTM3U\\n#EXTINF:20,Dropped\\nthere.wav\\n'], 'list.m3u8'));
        for (const name of ['dragenter', 'dragover']) document.body.dispatchEvent(new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true }));
        const told = document.body.classList.contains('dropping');
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        return told";
    browser.throttle(500_000).await;
    assert_eq!(browser.run(drop).await, json!(true), "what is held over the page is seen");
    browser.until("the list to be read", ROWS, rows(&["Dropped"])).await;
    browser.until("the long one on its way", UPLOADS, json!([["long.wav", "sending"]])).await;
    let part =
        "const bar = document.querySelector('#uploads progress'); return bar.value > 0 && bar.value < bar.max / 2";
    browser.until("its progress", part, true).await;
    browser.screenshots("uploading").await;
    browser.click("#uploads .upload-cancel").await;
    browser.until("it to be cancelled", UPLOADS, json!([["long.wav", "cancelled"]])).await;
    // It no longer takes the line of others: what comes after it is sent at once.
    let next = "const data = new DataTransfer();
        data.items.add(new File(['no audio'], 'words.mp3'));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))";
    browser.run(next).await;
    let wanted = json!([["long.wav", "cancelled"], ["words.mp3", "failed"]]);
    browser.until("the next one to be sent", UPLOADS, wanted).await;
    assert_eq!(server.call("GET", "/api/v1/tracks", None).expect(200)["total"], 0, "nothing is left of it");
    end(browser).await;
}
