//! The listening page.

use crate::common::Server;

#[tokio::test]
async fn the_page_and_its_files_are_there_and_strict() {
    let server = Server::start().await;
    for path in ["/", "/?stream=7"] {
        let page = server.anonymous.get(path).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let html = String::from_utf8(page.body).unwrap();
        for file in html.split("=\"assets/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert_eq!(server.anonymous.get(&format!("/assets/{file}")).await.status, 200, "{file}");
        }
        for id in ["play", "now-title", "status", "queue", "add-url", "add-submit", "skip", "token-input", "token-save"]
        {
            assert!(html.contains(&format!("id=\"{id}\"")), "{id}");
        }
        assert!(!html.contains("http://") && !html.contains("https://"), "no other host is involved");
        assert!(!html.contains("<style") && !html.contains("onclick"), "nothing inline");
    }
}

#[tokio::test]
async fn files_are_cached_by_their_tag() {
    let server = Server::start().await;
    let script = server.anonymous.get("/assets/app.js").await;
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
    let tag = script.header("etag").unwrap();
    let again = server.anonymous.with("If-None-Match", tag).get("/assets/app.js").await;
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[tokio::test]
async fn every_script_that_is_imported_is_served() {
    let server = Server::start().await;
    let (mut known, mut seen) = (vec!["app.js".to_owned()], 0);
    while let Some(file) = known.get(seen).cloned() {
        seen += 1;
        let script = server.anonymous.get(&format!("/assets/{file}")).await;
        assert_eq!(script.status, 200, "{file}");
        let text = String::from_utf8(script.body).unwrap();
        for import in text.split("from \"./").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()) {
            if !known.contains(&import) {
                known.push(import);
            }
        }
        assert!(!text.contains("innerHTML"), "data goes in as text");
    }
    assert!(seen > 10, "{known:?}");
}
