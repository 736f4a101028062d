//! `GET /listen/{stream}.m3u` and `.pls`: playlist files for players that want one, with the broadcast's absolute address.

use streamcore::StreamId;
use warp::http::{StatusCode, header};

use crate::{
    edge::{Answer, Call, respond},
    error::{ApiError, FieldError, Part, Problem},
};

pub(crate) async fn m3u(call: Call) -> Answer {
    let (stream, url) = broadcast(&call).await?;
    let file = format!("#EXTM3U\n#EXTINF:-1,Stream {stream}\n{url}\n");
    Ok(respond::bytes(StatusCode::OK, "audio/x-mpegurl", file))
}

pub(crate) async fn pls(call: Call) -> Answer {
    let (stream, url) = broadcast(&call).await?;
    let file = format!("[playlist]\nNumberOfEntries=1\nFile1={url}\nTitle1=Stream {stream}\nLength1=-1\nVersion=2\n");
    Ok(respond::bytes(StatusCode::OK, "audio/x-scpls", file))
}

/// The stream that the path names, and where it is broadcast.
async fn broadcast(call: &Call) -> Result<(StreamId, String), ApiError> {
    let stream = call.stream().await?;
    let base = match &call.app.settings.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("http://{}", host(call)?),
    };
    Ok((stream, format!("{base}/listen/{stream}")))
}

/// The `Host` header, which comes from outside and goes into a file: nothing but a name or address and a port.
fn host(call: &Call) -> Result<&str, ApiError> {
    let host = call.headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if is_host(host) { Ok(host) } else { Err(FieldError::new(Part::Header, "host", Problem::Host).into()) }
}

fn is_host(text: &str) -> bool {
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, port)) => (address, port.strip_prefix(':').or(port.is_empty().then_some("0"))),
            None => return false,
        },
        None => match text.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (text, Some("0")),
        },
    };
    let bracketed = text.starts_with('[');
    let name_is_plain = !name.is_empty()
        && name.len() <= 253
        && if bracketed {
            name.parse::<std::net::Ipv6Addr>().is_ok()
        } else {
            name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        };
    name_is_plain && port.is_some_and(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn takes_hosts_and_nothing_else() {
        for good in ["radio.example", "127.0.0.1:8080", "[::1]:8080", "[::1]", "my_host:1"] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["", "a/b", "a b", "a:99999", "a:", "[::1", "[zz]", "evil\"", "a@b", ":80", "[::1]80", "a#b"] {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
