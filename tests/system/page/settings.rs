//! How a stream ends by itself, as a person sets it.

use serde_json::{Value, json};
use streamcore_tests::Server;

use super::{
    browser::Browser,
    end,
    ending::{AUTO_END, configure, seen},
    open, stopped,
};

const OPEN: &str = "return document.querySelector('#settings-dialog').open";

fn settings(server: &Server) -> Value {
    server.call("GET", AUTO_END, None).expect(200)
}

/// The settings of a stream that does not run, opened.
async fn opened(server: &Server) -> Browser {
    let browser = open(server).await;
    note_requests(&browser).await;
    open_form(&browser).await;
    browser
}

async fn open_form(browser: &Browser) {
    browser.until("the stream", "return !document.querySelector('#auto-end-settings').disabled", true).await;
    browser.click("#auto-end-settings").await;
    browser.until("the form", OPEN, true).await;
}

/// Notes what the page sends with a PUT.
async fn note_requests(browser: &Browser) {
    let note = "const real = window.fetch;
        window.__put = [];
        window.fetch = (...all) => {
            if (all[1]?.method === 'PUT') window.__put.push(JSON.parse(all[1].body));
            return real(...all);
        }";
    browser.run(note).await;
}

async fn save(browser: &Browser) {
    browser.click("#settings-save").await;
}

/// Uses the server's default for a part, or no longer.
async fn toggle_default(browser: &Browser, part: &str) {
    browser.click(&format!("[data-testid=default-{part}]")).await;
}

/// A time field takes what a locale writes; this is as if the time was chosen in its picker.
async fn choose_time(browser: &Browser, css: &str, time: &str) {
    browser.run(&format!("document.querySelector('{css}').value = '{time}'")).await;
}

async fn choose_unit(browser: &Browser, seconds: u64) {
    browser.run(&format!("document.querySelector('#set-unit').value = '{seconds}'")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_changed_is_saved_and_the_default_comes_back() {
    let server = stopped(["a.wav"]);
    let browser = opened(&server).await;
    let locked = "return document.querySelector('#set-timeout').disabled";
    browser.until("a default that cannot be edited", locked, true).await;
    let words = seen("[data-part=timeout] .default").replace("one.textContent", "one.textContent.trim()");
    browser.until("the default, in words", &words, "Server's default: 5 min").await;
    browser.screenshots("settings").await;

    // Nothing changed: nothing is sent.
    save(&browser).await;
    browser.until("the form to be gone", OPEN, false).await;
    assert_eq!(browser.run("return window.__put").await, json!([]));

    open_form(&browser).await;
    toggle_default(&browser, "timeout").await;
    browser.fill("#set-timeout", "2").await;
    save(&browser).await;
    browser.until("the form to be gone", OPEN, false).await;
    browser.until("it to be said", &seen("#auto-end-message"), "Saved.").await;
    assert_eq!(browser.run("return window.__put").await, json!([{"timeout_seconds": 120}]));
    let now = settings(&server);
    assert_eq!((&now["timeout_seconds"], &now["overrides"]), (&json!(120), &json!(["timeout_seconds"])));
    let rule = seen("#rule").replace("one.textContent", "one.textContent.replaceAll('\\u00a0', ' ')");
    browser.until("the rule", &rule, "Ends after 2 min without listeners.").await;

    // By the second, beside other parts.
    open_form(&browser).await;
    choose_unit(&browser, 1).await;
    browser.fill("#set-timeout", "95").await;
    for part in ["warnings", "queue-empty"] {
        toggle_default(&browser, part).await;
    }
    browser.fill("#set-warnings", "45 15").await;
    browser.click("#set-queue-empty").await;
    save(&browser).await;
    browser.until("the form to be gone", OPEN, false).await;
    let sent = json!({"timeout_seconds": 95, "warnings_seconds": [45, 15], "only_when_queue_empty": true});
    assert_eq!(browser.run("return window.__put.at(-1)").await, sent);

    // Back to the defaults.
    open_form(&browser).await;
    for part in ["timeout", "warnings", "queue-empty"] {
        toggle_default(&browser, part).await;
    }
    save(&browser).await;
    browser.until("the form to be gone", OPEN, false).await;
    let now = settings(&server);
    assert_eq!((&now["timeout_seconds"], &now["overrides"]), (&json!(300), &json!([])));
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_are_added_edited_and_removed() {
    let server = stopped(["a.wav"]);
    let browser = opened(&server).await;
    toggle_default(&browser, "schedule").await;
    browser.fill("#set-zone", "Europe/Moscow").await;
    for _ in 0..2 {
        browser.click("#add-window").await;
    }
    // Monday to Friday is what is offered: of the first row Friday goes, of the second all but it, and it ends at midnight.
    browser.click("#windows li:nth-child(1) .day:nth-child(5)").await;
    for day in 1..=4 {
        browser.click(&format!("#windows li:nth-child(2) .day:nth-child({day})")).await;
    }
    choose_time(&browser, "#windows li:nth-child(2) .from", "18:30").await;
    choose_time(&browser, "#windows li:nth-child(2) .to", "00:00").await;
    browser.screenshots("windows").await;
    browser.emulate("light", 360, 780).await;
    browser.run("document.querySelector('#set-zone').scrollIntoView({ block: 'center' })").await;
    browser.shoot("windows-narrow").await;
    browser.emulate("light", 1280, 1000).await;
    save(&browser).await;
    browser.until("the form to be gone", OPEN, false).await;
    let (first, second) = (
        json!({"days": ["mon", "tue", "wed", "thu"], "from": "09:00", "to": "18:00"}),
        json!({"days": ["fri"], "from": "18:30", "to": "24:00"}),
    );
    let now = settings(&server);
    assert_eq!((&now["time_zone"], &now["windows"]), (&json!("Europe/Moscow"), &json!([first, second])));

    open_form(&browser).await;
    browser.until("both", "return document.querySelectorAll('#windows li').length", 2).await;
    browser.click("#windows li:nth-child(1) .remove-window").await;
    save(&browser).await;
    browser.until("the form to be gone", OPEN, false).await;
    assert_eq!(browser.run("return window.__put.at(-1)").await, json!({"windows": [second]}), "only what changed");
    assert_eq!(settings(&server)["windows"], json!([second]));
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_told_at_its_field_and_nothing_is_lost() {
    let server = stopped(["a.wav"]);
    configure(&server, &json!({"timeout_seconds": 60}));
    let browser = opened(&server).await;
    for part in ["warnings", "schedule"] {
        toggle_default(&browser, part).await;
    }
    browser.fill("#set-timeout", "0").await;
    browser.fill("#set-warnings", "60, soon").await;
    browser.fill("#set-zone", "Europe/Moskva").await;
    for _ in 0..2 {
        browser.click("#add-window").await;
    }
    save(&browser).await;
    for (css, part) in [
        ("[data-testid=timeout-error]", "between 1 and 86400 (in seconds)"),
        ("[data-testid=warnings-error]", "“soon”: "),
        ("#zone-error", "Europe/Moskva"),
        ("#windows li:nth-child(2) .field-error", "overlaps window 1"),
    ] {
        let told = format!("return document.querySelector('{css}').textContent.includes('{part}')");
        browser.until(css, &told, true).await;
    }
    assert_eq!(browser.run("return document.activeElement.id").await, json!("set-timeout"), "the first that is wrong");
    let described = "const field = document.querySelector('#set-zone');
        return field.getAttribute('aria-invalid') === 'true' && field.getAttribute('aria-describedby')";
    assert_eq!(browser.run(described).await, json!("zone-error"));
    browser.screenshots("refused").await;
    assert_eq!(settings(&server)["timeout_seconds"], json!(60), "nothing of it was taken");

    // Corrected, it is taken, and no problem is left.
    browser.fill("#set-timeout", "3").await;
    browser.fill("#set-warnings", "60").await;
    browser.fill("#set-zone", "Europe/Moscow").await;
    browser.click("#windows li:nth-child(2) .remove-window").await;
    save(&browser).await;
    browser.until("the form to be gone", OPEN, false).await;
    let now = settings(&server);
    assert_eq!((&now["timeout_seconds"], &now["time_zone"]), (&json!(180), &json!("Europe/Moscow")));
    open_form(&browser).await;
    assert_eq!(browser.run("return document.querySelectorAll('[aria-invalid]').length").await, json!(0));
    end(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_are_russian_and_work_by_keyboard() {
    let server = stopped(["a.wav"]);
    let browser = open(&server).await;
    browser.click("#language").await;
    browser.until("the stream", "return !document.querySelector('#auto-end-settings').disabled", true).await;
    browser.press("#auto-end-settings", "\u{e007}").await;
    browser.until("the form", OPEN, true).await;
    browser.press("[data-testid=default-enabled]", " ").await;
    browser.press("#set-enabled", " ").await;
    browser.press("[data-testid=default-schedule]", " ").await;
    browser.press("#add-window", "\u{e007}").await;
    assert_eq!(browser.run("return document.activeElement.value").await, json!("mon"), "the new row has the focus");
    browser.press("#windows .day:nth-child(6) input", " ").await;
    browser.screenshots("settings-ru").await;
    browser.press("#settings-save", "\u{e007}").await;
    browser.until("the form to be gone", OPEN, false).await;
    let now = settings(&server);
    assert_eq!(now["enabled"], json!(false));
    assert_eq!(now["windows"][0]["days"], json!(["mon", "tue", "wed", "thu", "fri", "sat"]));
    browser.until("the rule", &seen("#rule"), "Выключено: играет, пока не остановят.").await;
    assert_eq!(browser.run("return document.activeElement.id").await, json!("auto-end-settings"), "back where it was");
    // Escape leaves all as it is.
    browser.press("#auto-end-settings", "\u{e007}").await;
    browser.until("the form", OPEN, true).await;
    browser.press("#set-enabled", " \u{e00c}").await;
    browser.until("the form to be gone", OPEN, false).await;
    assert_eq!(settings(&server)["enabled"], json!(false));
    end(browser).await;
}
