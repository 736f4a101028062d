//! Chromium by its driver: open a page, act as a person does, wait until the page says so.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction, TouchActions},
    elements::Element,
    wd::TimeoutConfiguration,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use streamcore_tests::process;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(20);

/// The name of the one pointer.
const MOUSE: &str = "mouse";
const KEYBOARD: &str = "keyboard";
const SHIFT: char = '\u{e008}';

/// A browser with one page. Dropping it ends it.
pub(super) struct Browser {
    client: Client,
    driver: Child,
    _profile: TempDir,
}

impl Browser {
    pub(super) async fn open(url: &str) -> Self {
        process::require("chromedriver");
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut lines = BufReader::new(driver.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let port: u16 = lines
            .find_map(|line| line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse().ok())
            .expect("chromedriver says its port");
        // A driver that cannot write ends.
        std::thread::spawn(move || lines.for_each(drop));
        let profile = tempfile::tempdir().expect("a directory");
        let options = json!({"args": [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
            "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--autoplay-policy=no-user-gesture-required", "--lang=en-US", "--window-size=1280,1000",
            format!("--user-data-dir={}", profile.path().display()),
        ]});
        let capabilities = json!({"browserName": "chrome", "goog:chromeOptions": options});
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().expect("an object").clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a browser");
        client.update_timeouts(TimeoutConfiguration::new(None, None, Some(Duration::from_secs(5)))).await.expect("set");
        client.goto(url).await.expect("the page loads");
        let browser = Self { client, driver, _profile: profile };
        browser.watch_errors().await;
        browser
    }

    /// Notes what goes wrong in scripts from here on.
    pub(super) async fn watch_errors(&self) {
        let note = "window.__errors = [];
            addEventListener('error', (e) => window.__errors.push(String(e.message)));
            addEventListener('unhandledrejection', (e) => window.__errors.push(String(e.reason)))";
        self.run(note).await;
    }

    /// What a script returns.
    pub(super) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect("the script runs")
    }

    /// Waits until a script returns this.
    pub(super) async fn until(&self, what: &str, script: &str, wanted: impl Into<Value>) {
        let (begin, wanted) = (Instant::now(), wanted.into());
        loop {
            let found = self.run(script).await;
            if found == wanted {
                return;
            }
            if begin.elapsed() > PATIENCE {
                self.shoot("failed").await;
                panic!("waited in vain for {what}: {found} instead of {wanted}; see tests/out/page-failed.png");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(super) async fn click(&self, css: &str) {
        self.find(css).await.click().await.expect(css);
    }

    async fn find(&self, css: &str) -> Element {
        self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await.expect(css)
    }

    /// Presses keys where this element is, with what [`super::keys`] holds down.
    pub(super) async fn press(&self, css: &str, keys: &str) {
        self.find(css).await.send_keys(keys).await.expect(css);
    }

    /// Takes hold of one element and drags it this far past the middle of another one, without letting go.
    pub(super) async fn drag(&self, from: &str, to: &str, past: f64) {
        let step = Some(Duration::from_millis(120));
        let at = |element, y| PointerAction::MoveToElement { element, duration: step, x: 0.0, y };
        let mouse = MouseActions::new(MOUSE.to_owned())
            .then(at(self.find(from).await, 0.0))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::MoveBy { duration: step, x: 0.0, y: 8.0 })
            .then(at(self.find(to).await, past));
        self.client.perform_actions(mouse).await.expect("dragged");
    }

    /// Drags one element with a finger to this far past the middle of another one, and lets go.
    pub(super) async fn drag_by_finger(&self, from: &str, to: &str, past: f64) {
        let step = Some(Duration::from_millis(120));
        let finger = TouchActions::new("finger".to_owned())
            .then(PointerAction::MoveToElement { element: self.find(from).await, duration: None, x: 0.0, y: 0.0 })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::MoveBy { duration: step, x: 0.0, y: 8.0 })
            .then(PointerAction::MoveToElement { element: self.find(to).await, duration: step, x: 0.0, y: past })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.client.perform_actions(finger).await.expect("dragged");
    }

    /// Drags what is in hand this far past the middle of an element.
    pub(super) async fn drag_to(&self, to: &str, past: f64) {
        let element = self.find(to).await;
        let duration = Some(Duration::from_millis(120));
        let mouse = MouseActions::new(MOUSE.to_owned()).then(PointerAction::MoveToElement {
            element,
            duration,
            x: 0.0,
            y: past,
        });
        self.client.perform_actions(mouse).await.expect("dragged");
    }

    /// Clicks with the Shift key held down.
    pub(super) async fn shift_click(&self, css: &str) {
        let down = KeyActions::new(KEYBOARD.to_owned()).then(KeyAction::Down { value: SHIFT });
        self.client.perform_actions(down).await.expect("held down");
        self.click(css).await;
        let up = KeyActions::new(KEYBOARD.to_owned()).then(KeyAction::Up { value: SHIFT });
        self.client.perform_actions(up).await.expect("let go");
    }

    /// Slows what the page sends down to this many bytes a second.
    pub(super) async fn throttle(&self, bytes_per_second: u32) {
        let limits =
            json!({"offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_second});
        self.dev_tools("Network.enable", json!({})).await;
        self.dev_tools("Network.emulateNetworkConditions", limits).await;
    }

    /// How many seconds the page's thread has worked so far, scripts, style, layout and all.
    pub(super) async fn work(&self) -> f64 {
        self.dev_tools("Performance.enable", json!({})).await;
        let metrics = self.dev_tools("Performance.getMetrics", json!({})).await;
        let all = metrics["metrics"].as_array().expect("metrics");
        let task = all.iter().find(|one| one["name"] == "TaskDuration").expect("it is measured");
        task["value"].as_f64().expect("seconds")
    }

    async fn dev_tools(&self, command: &'static str, parameters: Value) -> Value {
        let issued = self.client.issue_cmd(DevTools { command, parameters }).await;
        issued.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Lets go of what is dragged.
    pub(super) async fn let_go(&self) {
        let mouse = MouseActions::new(MOUSE.to_owned()).then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.client.perform_actions(mouse).await.expect("let go");
    }

    /// Chooses files in a file field, several at once.
    pub(super) async fn choose(&self, css: &str, files: &[PathBuf]) {
        let paths: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
        self.find(css).await.send_keys(&paths.join("\n")).await.expect(css);
    }

    /// Types into an empty field, whatever was in it before.
    pub(super) async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.expect(css);
        field.send_keys(text).await.expect(css);
    }

    /// Selects what is in a field, types over it, and presses Enter: without leaving the field, as clearing it would.
    pub(super) async fn replace(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        // Control and A, both released, then Enter at the end.
        field.send_keys(&format!("\u{e009}a\u{e000}{text}\u{e007}")).await.expect(css);
    }

    /// Goes to another address.
    pub(super) async fn load(&self, url: &str) {
        self.client.goto(url).await.expect("the page loads");
    }

    /// Light, dark and as on a phone, of what is seen now.
    pub(super) async fn screenshots(&self, of: &str) {
        for (name, scheme, width, height) in
            [("light", "light", 1280, 1000), ("dark", "dark", 1280, 1000), ("phone", "light", 360, 780)]
        {
            let name = format!("{of}-{name}");
            self.emulate(scheme, width, height).await;
            let changing = "return document.getAnimations().some((change) => change instanceof CSSTransition)";
            self.until("colours to settle", changing, false).await;
            // Not the window's own idea of its width: on a phone it grows with what is in it.
            let too_wide = format!("return document.documentElement.scrollWidth > {width}
                || [...document.querySelectorAll('dialog[open] form')].some((form) => form.scrollWidth > form.clientWidth)");
            self.shoot(&name).await;
            assert_eq!(self.run(&too_wide).await, json!(false), "the page is wider than {width} pixels, see {name}");
        }
        self.emulate("light", 1280, 1000).await;
    }

    pub(super) async fn emulate(&self, scheme: &str, width: u32, height: u32) {
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        for (command, parameters) in
            [("Emulation.setEmulatedMedia", media), ("Emulation.setDeviceMetricsOverride", size)]
        {
            self.dev_tools(command, parameters).await;
        }
    }

    /// What is seen now, as it is.
    pub(super) async fn shoot(&self, name: &str) {
        let directory: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("out");
        std::fs::create_dir_all(&directory).expect("made");
        let picture = self.client.screenshot().await.expect("a picture");
        std::fs::write(directory.join(format!("page-{name}.png")), picture).expect("written");
    }

    pub(super) async fn close(self) {
        // Closing takes the client; the driver is ended when the rest is dropped.
        self.client.clone().close().await.expect("closed");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// A command of the browser's own protocol, passed through by its driver.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: Value,
}

impl fantoccini::wd::WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base_url: &url::Url, session_id: Option<&str>) -> Result<url::Url, url::ParseError> {
        base_url.join(&format!("session/{}/goog/cdp/execute", session_id.unwrap_or_default()))
    }

    fn method_and_body(&self, _request_url: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({"cmd": self.command, "params": self.parameters}).to_string()))
    }
}
