//! What the terminal shows once the port is bound: where to look, where to listen, what to try.

use std::{fmt, net::SocketAddr, path::Path};

use crate::token::{Token, TokenSource};

/// A short text for standard output. Logs go elsewhere, so that a script can read this.
pub(crate) struct Banner<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) token: &'a Token,
    pub(crate) media_dir: &'a Path,
    pub(crate) resumed: usize,
    pub(crate) demo: bool,
}

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = format!("http://{}", reachable(self.address));
        writeln!(f, "\n  Streamcore {}\n", env!("CARGO_PKG_VERSION"))?;
        writeln!(f, "  Page    {base}/")?;
        writeln!(f, "  Listen  {base}/listen/1")?;
        let shown = match &self.token.source {
            TokenSource::Made(path) => {
                writeln!(f, "  Token   {}", self.token.secret.0)?;
                writeln!(f, "          made now and shown once; it is kept in {}", path.display())?;
                format!("$(cat {})", shell(&path.display().to_string()))
            }
            TokenSource::Kept(path) => {
                writeln!(f, "  Token   in {}", path.display())?;
                format!("$(cat {})", shell(&path.display().to_string()))
            }
            TokenSource::Given(origin) => {
                writeln!(f, "  Token   the one given by {origin}")?;
                String::from("$STREAMCORE_API_TOKEN")
            }
        };
        match self.resumed {
            0 => {}
            1 => writeln!(f, "  Resumed 1 stream where it was")?,
            n => writeln!(f, "  Resumed {n} streams where they were")?,
        }
        if self.demo {
            writeln!(f, "\n  Stream 1 plays. Open the page, or listen with a player:\n")?;
            writeln!(f, "    ffplay -nodisp {base}/listen/1")?;
        } else {
            writeln!(f, "\n  Put music into {}, then queue it and start the stream.", self.media_dir.display())?;
        }
        writeln!(f, "\n  Try next:\n\n    TOKEN={shown}\n    curl -s {base}/api/v1/queue/1")?;
        let auth = "-H \"Authorization: Bearer $TOKEN\"";
        if self.demo {
            writeln!(f, "    curl -s -X POST {auth} {base}/api/v1/queue/1/skip")?;
            writeln!(f, "    curl -s -X POST {auth} {base}/api/v1/streams/1/pause")?;
        } else {
            let json = "-H 'Content-Type: application/json'";
            writeln!(
                f,
                "    curl -s -X POST {auth} {json} -d '{{\"title\":\"My song\",\"url\":\"song.mp3\"}}' {base}/api/v1/queue/1/items"
            )?;
            writeln!(f, "    curl -s -X POST {auth} {base}/api/v1/streams/1/start")?;
        }
        writeln!(f)
    }
}

/// An address that listens everywhere cannot be opened by a browser; the loopback address of its family can.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// A word for a POSIX shell.
fn shell(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b)) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Origin, Secret};

    fn banner(source: TokenSource, demo: bool) -> String {
        let token = Token { secret: Secret(String::from("the-very-secret-token")), source };
        let address = "0.0.0.0:1234".parse().expect("an address");
        let media_dir = Path::new("somewhere/my media");
        Banner { address, token: &token, media_dir, resumed: 0, demo }.to_string()
    }

    #[test]
    fn the_token_is_shown_only_by_the_start_that_made_it() {
        assert!(banner(TokenSource::Made("d/api-token".into()), true).contains("the-very-secret-token"));
        let kept = banner(TokenSource::Kept("d/api-token".into()), true);
        assert!(!kept.contains("the-very-secret-token") && kept.contains("d/api-token"), "{kept}");
        assert!(!banner(TokenSource::Given(Origin::Flag("--api-token")), true).contains("the-very-secret-token"));
    }

    #[test]
    fn the_urls_can_be_opened_also_when_listening_everywhere() {
        let text = banner(TokenSource::Kept("d/api-token".into()), false);
        assert!(text.contains("Page    http://127.0.0.1:1234/\n"), "{text}");
        assert!(text.contains("Listen  http://127.0.0.1:1234/listen/1\n"), "{text}");
    }

    #[test]
    fn who_begins_with_nothing_is_told_where_music_goes() {
        let text = banner(TokenSource::Kept("d/api-token".into()), false);
        assert!(text.contains("Put music into somewhere/my media, "), "{text}");
    }

    #[test]
    fn no_two_lines_in_a_row_are_empty() {
        for demo in [true, false] {
            let text = banner(TokenSource::Made("d/api-token".into()), demo);
            assert!(!text.contains("\n\n\n"), "{text}");
            assert!(text.starts_with("\n  Streamcore ") && text.ends_with("\n\n"), "{text}");
        }
    }

    #[test]
    fn paths_are_safe_to_paste_into_a_shell() {
        assert_eq!(shell("d/api-token"), "d/api-token");
        assert_eq!(shell("my music's/api-token"), r"'my music'\''s/api-token'");
    }
}
