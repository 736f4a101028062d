//! What people read.

use serde_json::json;

use crate::common::Server;

#[tokio::test]
async fn messages_come_in_the_readers_language() {
    let server = Server::start().await;
    let russian = server.api.with("Accept-Language", "ru-RU,ru;q=0.9,en;q=0.5");
    let refused = russian.delete("/api/v1/queue/7/items/x").await;
    assert_eq!(refused.header("content-language"), Some("ru"));
    let body = refused.refused(404, "item_not_found");
    assert!(body["message"].as_str().unwrap().contains("нет в очереди"), "{body}");
    assert_eq!(body["detail"], body["message"]);
    let invalid =
        russian.post("/api/v1/queue/7/items", json!({"url": "missing.mp3"})).await.refused(422, "validation_error");
    assert!(invalid["message"].as_str().unwrap().contains("файл не найден"), "{invalid}");
    let english = server.api.delete("/api/v1/queue/7/items/x").await.refused(404, "item_not_found");
    assert!(english["message"].as_str().unwrap().starts_with("item x is not in the queue"));
}

#[tokio::test]
async fn who_reads_without_the_token_is_not_told_of_changes() {
    let server = Server::start().await;
    for (language, reads, changes) in [
        ("en", "reading this needs the service token", "this changes something"),
        ("ru", "для чтения", "для изменений"),
    ] {
        let anonymous = server.anonymous.with("Accept-Language", language);
        for method in ["GET", "POST"] {
            let path = if method == "GET" { "/api/v1/media" } else { "/api/v1/streams" };
            let refused = anonymous.send(method, path, b"").await.refused(401, "not_authenticated");
            let wanted = if method == "GET" { reads } else { changes };
            assert!(refused["message"].as_str().unwrap().starts_with(wanted), "{method}: {refused}");
        }
    }
}

#[tokio::test]
async fn media_can_be_searched_with_the_token() {
    let server = Server::start().await;
    let all = server.api.get("/api/v1/media").await.expect(200);
    assert_eq!((all["items"].as_array().unwrap().len(), &all["more"]), (3, &json!(false)));
    assert_eq!(all["items"][0], json!({"url": "bach/air.mp3", "bytes": 5_000_000}));
    let some = server.api.get("/api/v1/media?q=BACH&limit=1").await.expect(200);
    assert_eq!((&some["items"][0]["url"], &some["more"]), (&json!("bach/air.mp3"), &json!(true)));
    server.api.get("/api/v1/media?limit=0").await.refused(422, "validation_error");
    server.anonymous.get("/api/v1/media").await.refused(401, "not_authenticated");
}
