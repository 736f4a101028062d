//! Pages, and the command that finds their audio.

use streamcore::{FailureKind, Source};

use super::*;
use crate::{decode::tests::sine, encode_mp3};

fn with_command(command: &[&str]) -> RemoteConfig {
    let command = command.iter().map(|word| (*word).to_owned()).collect();
    RemoteConfig { resolver: Some(command), resolver_timeout: Duration::from_secs(1), ..config() }
}

fn check(config: RemoteConfig, url: &str) -> Result<streamcore::media::MediaInfo, FailureReason> {
    let (_dir, root) = root(config);
    root.remote(url).unwrap().check(url)
}

/// A page at `/page`, its audio at `/audio`.
fn site() -> Server {
    let mp3 = encode_mp3(&sine(440.0, 44_100, 44_100), 44_100, 128).unwrap();
    Server::new(move |asked, stream| match asked.path.as_str() {
        "/audio" => file(asked, stream, &mp3),
        _ => write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<!DOCTYPE html><p>hello"),
    })
}

#[test]
fn a_page_without_a_resolver_is_told_so_without_asking_the_known_ones() {
    for url in [
        "https://www.youtube.com/watch?v=x",
        "https://youtu.be/x",
        "https://m.youtube.com./x",
        "http://soundcloud.com/a/b",
    ] {
        assert_eq!(check(config(), url).unwrap_err().kind, FailureKind::ResolverMissing, "{url}");
    }
    for url in ["http://notyoutube.com/x", "http://youtube.com.example/x"] {
        assert!(!crate::remote::resolver::is_page(&Url::parse(url).unwrap()), "{url}");
    }
}

#[cfg(unix)]
#[test]
fn a_resolver_gets_the_page_as_one_word_and_its_answer_is_played() {
    let site = site();
    let page = site.url("/page;$(touch x)'%22?a=1&b=`id`");
    let script =
        format!(r#"test "$#" = 1 && case "$1" in {}*) echo; echo " {} "; esac"#, site.url("/page"), site.url("/audio"));
    let config = with_command(&["sh", "-c", &script, "sh", "{url}"]);
    let info = check(config.clone(), &page).unwrap();
    assert_eq!(info.source, Source::Youtube);
    assert_eq!(info.url, Url::parse(&page).unwrap().as_str(), "the page is what is queued: what it leads to changes");
    assert_eq!(info.duration, Some(Duration::from_secs(1)));
    let (_dir, root) = root(config);
    let (pcm, end) = play(&root, &page, Duration::ZERO, ALL);
    assert_eq!((pcm.len(), end), (44_100, Some(Ok(()))));
}

#[cfg(unix)]
#[test]
fn the_check_of_a_page_waits_as_long_as_the_resolver_may_take() {
    let site = site();
    let limit = Duration::from_millis(1_500);
    // Longer than anything else may take, and less than its own limit.
    let config = RemoteConfig {
        resolver_timeout: Duration::from_secs(60),
        ..with_command(&["sh", "-c", &format!("sleep 2; echo {}", site.url("/audio"))])
    };
    let info = Remote::new(config).check_within(&site.url("/page"), limit).unwrap();
    assert_eq!(info.source, Source::Youtube);
}

#[cfg(unix)]
#[test]
fn a_resolver_is_bounded_and_its_answer_is_checked() {
    let site = site();
    let page = site.url("/page");
    for (script, kind, detail) in [
        ("echo http://10.0.0.1/x", FailureKind::Forbidden, "not public"),
        ("echo file:///etc/passwd", FailureKind::Forbidden, "what the resolver answers: the scheme \"file\""),
        ("echo nothing", FailureKind::Forbidden, "not a URL"),
        ("echo", FailureKind::Unreadable, "prints nothing"),
        ("exit 3", FailureKind::Unreadable, "found no audio"),
        ("yes http://127.0.0.1/", FailureKind::Unreadable, "prints too much"),
        ("exec sleep 30", FailureKind::Stalled, "did not answer within 1s"),
        (&format!("echo {page}"), FailureKind::Unsupported, "another page"),
    ] {
        let begin = std::time::Instant::now();
        let reason = check(with_command(&["sh", "-c", script]), &page).unwrap_err();
        assert_eq!(reason.kind, kind, "{script}: {reason}");
        assert!(reason.detail.contains(detail), "{script}: {reason}");
        assert!(begin.elapsed() < Duration::from_secs(5), "{script}");
    }
    let reason = check(with_command(&["/no/such/program"]), &page).unwrap_err();
    assert_eq!(reason.kind, FailureKind::ResolverMissing);
    assert!(!reason.detail.contains("/no/such"), "{reason}");
    let private = check(with_command(&["echo", "http://127.0.0.1/"]), "http://10.0.0.1/page").unwrap_err();
    assert_eq!(private.kind, FailureKind::Forbidden, "a resolver is no way round the guard");
}
