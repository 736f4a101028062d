//! A tiny HTTP client: one request per connection, so that nothing is hidden.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{DEADLINE, TOKEN};

/// Sends requests to one server, with the token or without.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) headers: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn anonymous(address: SocketAddr) -> Self {
        Self { address, headers: Vec::new() }
    }

    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    pub(crate) fn authorized(&self) -> Self {
        self.with("Authorization", &format!("Bearer {TOKEN}"))
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, b"").await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, b"").await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send("POST", path, body.to_string().as_bytes()).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: &[u8]) -> Reply {
        let mut head = self.head(method, path);
        if !body.is_empty() || matches!(method, "POST" | "PUT" | "PATCH") {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        head += "Connection: close\r\n\r\n";
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        let exchange = async {
            let mut socket = TcpStream::connect(self.address).await.expect("connect");
            let (mut reader, mut writer) = socket.split();
            // A server that refuses early may stop reading; its answer counts.
            let (_, read) = tokio::join!(writer.write_all(&request), read_to_end(&mut reader));
            read
        };
        let raw = tokio::time::timeout(DEADLINE, exchange).await.expect("an answer in time");
        parse(&raw, method == "HEAD")
    }

    pub(crate) fn head(&self, method: &str, path: &str) -> String {
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head += "Host: radio.test\r\n";
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head
    }

    /// A connection on which this request was sent and nothing read yet.
    pub(crate) async fn open(&self, path: &str) -> TcpStream {
        let mut socket = TcpStream::connect(self.address).await.expect("connect");
        let head = self.head("GET", path) + "\r\n";
        socket.write_all(head.as_bytes()).await.expect("send");
        socket
    }
}

/// Everything until the other side closes or resets.
pub(crate) async fn read_to_end(reader: &mut (impl AsyncReadExt + Unpin)) -> Vec<u8> {
    let mut raw = Vec::new();
    let mut piece = [0; 16 * 1024];
    while let Ok(n @ 1..) = reader.read(&mut piece).await {
        raw.extend_from_slice(&piece[..n]);
    }
    raw
}

pub(crate) fn parse(raw: &[u8], is_head: bool) -> Reply {
    let end = raw.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or_else(|| {
        panic!("no HTTP response: {:?}", String::from_utf8_lossy(raw));
    });
    let head = String::from_utf8_lossy(&raw[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    let headers: Vec<_> =
        lines.filter_map(|line| line.split_once(": ").map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned()))).collect();
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let rest = &raw[end + 4..];
    let body = if chunked && !is_head { dechunk(rest) } else { rest.to_vec() };
    Reply { status: status.expect("a status line"), headers, body }
}

/// What has come of a chunked body.
pub(crate) fn dechunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|w| w == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).ok().and_then(|s| usize::from_str_radix(s, 16).ok()).unwrap_or(0);
        let start = end + 2;
        if size == 0 || rest.len() < start + size {
            body.extend_from_slice(&rest[start..rest.len().min(start + size)]);
            break;
        }
        body.extend_from_slice(&rest[start..start + size]);
        rest = rest.get(start + size + 2..).unwrap_or_default();
    }
    body
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {:?}", String::from_utf8_lossy(&self.body)))
    }

    /// Checks the status and hands on the body.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// Checks that this is a refusal in the one shape that all have.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Value {
        let retry_after = self.header("retry-after").map(str::to_owned);
        let body = self.expect(status);
        assert_eq!(body["error"], code, "{body}");
        assert!(!body["message"].as_str().unwrap_or_default().is_empty(), "{body}");
        assert!(!body["detail"].is_null() && body["details"].is_object(), "{body}");
        let comes_back = matches!(status, 429 | 503) || code == "request_in_progress";
        assert_eq!(retry_after.is_some(), comes_back, "Retry-After comes with what ends by itself");
        body
    }
}
