use std::fs;

use super::*;
use crate::{decode::tests::sine, encode_mp3, write_wav};

fn media() -> (tempfile::TempDir, MediaDir) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("media");
    fs::create_dir_all(root.join("b/c")).unwrap();
    let tone = sine(440.0, 44_100, 44_100);
    write_wav(root.join("b/c/Tone_of_A.wav"), &tone, 44_100).unwrap();
    fs::write(root.join("a.MP3"), encode_mp3(&tone, 44_100, 128).unwrap()).unwrap();
    fs::write(root.join("notes.txt"), "text").unwrap();
    fs::write(root.join("text.mp3"), "text ".repeat(5_000)).unwrap();
    fs::write(root.join("empty.mp3"), "").unwrap();
    fs::write(dir.path().join("outside.mp3"), "x").unwrap();
    let media = MediaDir::new(&root).unwrap();
    (dir, media)
}

#[tokio::test]
async fn a_check_tells_length_title_and_the_one_name() {
    let (_dir, media) = media();
    let wav = media.check("./b//c/Tone_of_A.wav").await.unwrap();
    assert_eq!(wav.url, "b/c/Tone_of_A.wav");
    assert_eq!(wav.title, "Tone of A");
    assert_eq!(wav.source, Source::File);
    assert_eq!(wav.duration, Some(Duration::from_secs(1)));
    assert_eq!(media.check("a.MP3").await.unwrap().duration, Some(Duration::from_secs(1)));
}

#[test]
fn tags_are_shown_in_one_line_and_turn_nothing_around() {
    assert_eq!(readable(" A\u{7}\u{202E} Title\nof\u{2066} mine "), Some("A Title of mine".to_owned()));
    assert_eq!(readable("\u{202E}\u{0} "), None);
    assert_eq!(readable(&"x".repeat(2_000)).unwrap().len(), MAX_TITLE_CHARS);
}

#[tokio::test]
async fn title_and_artist_come_from_the_tags() {
    let (dir, media) = media();
    let mp3 = fs::read(dir.path().join("media/a.MP3")).unwrap();
    let text = |id: &str, text: &str| {
        let size = u8::try_from(text.len() + 1).unwrap();
        [id.as_bytes(), &[0, 0, 0, size, 0, 0, 3], text.as_bytes()].concat()
    };
    let frames = [text("TIT2", "Evening\u{202E} Song"), text("TPE1", "The\nTrio"), text("TALB", "Album")].concat();
    let head = [b"ID3\x04\0\0\0\0\0".as_slice(), &[u8::try_from(frames.len()).unwrap()]].concat();
    fs::write(dir.path().join("media/tagged.mp3"), [head, frames, mp3].concat()).unwrap();
    let info = media.check("tagged.mp3").await.unwrap();
    assert_eq!((info.title.as_str(), info.artist.as_deref()), ("Evening Song", Some("The Trio")));
    assert_eq!(media.check("a.MP3").await.unwrap().artist, None);
}

#[tokio::test]
async fn a_check_refuses_with_the_right_kind() {
    let (_dir, media) = media();
    for (url, kind) in [
        ("none.mp3", FailureKind::NotFound),
        ("../outside.mp3", FailureKind::Forbidden),
        ("b", FailureKind::Forbidden),
        ("text.mp3", FailureKind::Unsupported),
        ("notes.txt", FailureKind::Unsupported),
        ("empty.mp3", FailureKind::Empty),
        ("http://example.org/a.mp3", FailureKind::Unsupported),
    ] {
        let reason = media.check(url).await.unwrap_err();
        assert_eq!(reason.kind, kind, "{url}: {reason}");
    }
}

#[tokio::test]
async fn a_list_is_sorted_filtered_and_cut_off() {
    let (dir, media) = media();
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink(dir.path().join("outside.mp3"), dir.path().join("media/link.mp3")).unwrap();
        symlink("..", dir.path().join("media/b/up")).unwrap();
    }
    let names = |list: &MediaList| list.files.iter().map(|file| file.url.clone()).collect::<Vec<_>>();
    let all = media.list("", 10).await.unwrap();
    assert_eq!(names(&all), ["a.MP3", "b/c/Tone_of_A.wav", "text.mp3"]);
    assert!(!all.more);
    assert_eq!(all.files[1].bytes, 44 + 44_100 * 4);
    let two = media.list("", 2).await.unwrap();
    assert_eq!((names(&two).len(), two.more), (2, true));
    assert_eq!(names(&media.list("tone_OF", 10).await.unwrap()), ["b/c/Tone_of_A.wav"]);
    drop(dir);
}

#[test]
fn a_directory_that_is_none_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let error = MediaDir::new(dir.path().join("nowhere")).unwrap_err().to_string();
    assert!(error.contains("nowhere") && error.contains("create it"), "{error}");
}
