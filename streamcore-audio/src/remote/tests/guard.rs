use std::collections::HashMap;

use super::*;
use crate::remote::tests::block_on;

/// Names as a hostile zone would have them.
#[derive(Debug, Default)]
struct Zone(HashMap<&'static str, Vec<IpAddr>>);

impl Resolve for Zone {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let found = self.0.get(host).cloned().ok_or_else(|| io::ErrorKind::NotFound.into());
        Box::pin(async move { found })
    }
}

fn zone() -> Guard {
    let names = [
        ("public.example", vec!["8.8.8.8", "2606:4700::1"]),
        ("private.example", vec!["10.0.0.1"]),
        ("mixed.example", vec!["8.8.8.8", "127.0.0.1"]),
        ("mixed6.example", vec!["2606:4700::1", "fd00::1"]),
        ("metadata.example", vec!["169.254.169.254"]),
        ("mapped.example", vec!["::ffff:192.168.0.1"]),
        ("nat64.example", vec!["64:ff9b::7f00:1"]),
        ("localhost", vec!["127.0.0.1", "::1"]),
        ("dotted.example.", vec!["127.0.0.1"]),
        ("empty.example", vec![]),
        ("house.example", vec!["10.20.0.7"]),
        ("xn--80ak6aa92e.com", vec!["127.0.0.1"]),
    ];
    let names = names.map(|(name, at)| (name, at.into_iter().map(|at| at.parse().unwrap()).collect()));
    Guard::new(vec!["10.20.0.0/16".parse().unwrap()], Arc::new(Zone(names.into())))
}

fn looked_up(url: &str) -> Result<Vec<String>, FailureReason> {
    let url = parse(url)?;
    let addresses = block_on(zone().addresses(&url))?;
    Ok(addresses.iter().map(ToString::to_string).collect())
}

/// Promise A11.
#[test]
fn no_spelling_of_an_address_gets_past_the_guard() {
    for url in [
        "http://127.0.0.1/x",
        "http://127.1/x",
        "http://2130706433/x",
        "http://0x7f.1/x",
        "http://0x7f000001/x",
        "http://0177.0.0.1/x",
        "http://017700000001/x",
        "http://127.0.0.1./x",
        "http://127.0.0.1%2e/x",
        "http://%31%32%37.0.0.1/x",
        "http://１２７.0.0.1/x",
        "http://127。0。0。1/x",
        "http://0/x",
        "http://0.0.0.0/x",
        "http://[::]/x",
        "http://[::1]/x",
        "http://[0:0:0:0:0:0:0:1]/x",
        "http://[::ffff:127.0.0.1]/x",
        "http://[::ffff:7f00:1]/x",
        "http://[::127.0.0.1]/x",
        "http://[64:ff9b::7f00:1]/x",
        "http://[2002:7f00:1::]/x",
        "http://[2001:0:7f00:1::]/x",
        "http://[fe80::1]/x",
        "http://[fd00:ec2::254]/x",
        "http://169.254.169.254/latest/meta-data",
        "http://0xa9fea9fe/",
        "http://2852039166/",
        "http://10.0.0.1:8080/x",
        "http://192.168.1.1/x",
        "http:10.0.0.1/x",
        "http:/10.0.0.1/x",
        "http:\\\\10.0.0.1\\x",
        "http:///10.0.0.1/x",
        "HTTPS://10.0.0.1/x",
        "ht\ntp://10.0.0.1/x",
        "http://localhost/x",
        "http://LOCALHOST/x",
        "http://dotted.example./x",
        "http://private.example/x",
        "http://mixed.example/x",
        "http://mixed6.example/x",
        "http://metadata.example/x",
        "http://mapped.example/x",
        "http://nat64.example/x",
        "http://аррӏе.com/x",
    ] {
        let reason = looked_up(url).unwrap_err();
        assert_eq!(reason.kind, FailureKind::Forbidden, "{url:?}: {reason}");
        assert!(reason.detail.contains("not public") && reason.detail.contains("remote.allow"), "{url:?}: {reason}");
        // What a name means inside is not for everybody who may add a track.
        assert!(!reason.detail.contains("10.0.0.1") || url.contains("10.0.0.1"), "{url:?}: {reason}");
    }
}

/// Promise A11.
#[test]
fn words_that_no_media_url_has_are_refused_without_a_lookup() {
    for url in [
        "ftp://public.example/x",
        "file:///etc/passwd",
        "gopher://public.example/x",
        "data:audio/mpeg;base64,AAAA",
        "javascript:alert(1)",
        "http://",
        "http://:80/",
        "http://user@public.example/x",
        "http://user:secret@public.example/x",
        "http://public.example@127.0.0.1/x",
        "http://127.0.0.1#@public.example:secret@private.example/",
        "http://public.example:22/x",
        "http://public.example:25/x",
        "http://public.example:6379/x",
        "http://public.example:11211/x",
        "http://public.example:0/x",
        "http://public.example:99999/x",
        "http://pub lic.example/x",
        "http://[::1/x",
        "http://1.2.3.4.5/x",
        &format!("http://public.example/{}", "x".repeat(5_000)),
        &format!("http://public.example/{}", "ü".repeat(2_000)),
    ] {
        let reason = looked_up(url).unwrap_err();
        assert_eq!(reason.kind, FailureKind::Forbidden, "{url:?}: {reason}");
        assert!(!reason.detail.contains("secret"), "{reason}");
    }
}

#[test]
fn what_is_public_or_allowed_is_connected_to_by_the_address_that_was_checked() {
    for (url, addresses) in [
        ("http://public.example/x", &["8.8.8.8:80", "[2606:4700::1]:80"][..]),
        ("https://PUBLIC.example/x#part", &["8.8.8.8:443", "[2606:4700::1]:443"]),
        ("http://public.example:8000/x", &["8.8.8.8:8000", "[2606:4700::1]:8000"]),
        ("http://8.8.8.8/", &["8.8.8.8:80"]),
        ("http://[::ffff:8.8.8.8]/", &["8.8.8.8:80"]),
        ("http://house.example/x", &["10.20.0.7:80"]),
        ("http://10.20.0.7/x", &["10.20.0.7:80"]),
    ] {
        assert_eq!(looked_up(url).unwrap(), addresses, "{url}");
    }
    for url in ["http://none.example/x", "http://empty.example/x"] {
        assert_eq!(looked_up(url).unwrap_err().kind, FailureKind::NotFound, "{url}");
    }
    assert_eq!(parse("HTTP://Public.Example:80/a b?q#f").unwrap().as_str(), "http://public.example/a%20b?q");
}
