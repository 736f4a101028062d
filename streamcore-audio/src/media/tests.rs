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
