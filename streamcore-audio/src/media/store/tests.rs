use futures::{SinkExt, channel::mpsc, stream};
use streamcore::media::Media;

use super::*;
use crate::{MediaDir, decode::tests::sine, encode_mp3};

const LIMIT: u64 = 10_000_000;

fn media() -> (tempfile::TempDir, MediaDir) {
    let dir = tempfile::tempdir().unwrap();
    let media = MediaDir::new(dir.path()).unwrap();
    (dir, media)
}

fn mp3() -> Vec<u8> {
    encode_mp3(&sine(440.0, 44_100, 44_100), 44_100, 128).unwrap()
}

fn upload(bytes: &[u8]) -> Upload {
    let pieces: Vec<io::Result<Bytes>> = bytes.chunks(1_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces).boxed()
}

/// All that is in the folder, hidden or not.
fn files(dir: &tempfile::TempDir) -> Vec<String> {
    let entries = fs::read_dir(dir.path().join(FOLDER)).into_iter().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_upload_appears_whole_under_a_free_name() {
    let (dir, media) = media();
    let mp3 = mp3();
    let first = media.store("../x/Air.mp3", upload(&mp3), LIMIT).await.unwrap();
    assert_eq!((first.url.as_str(), first.title.as_str()), ("uploads/Air.mp3", "Air"));
    assert_eq!(first.duration, Some(std::time::Duration::from_secs(1)));
    assert_eq!(first, media.check("uploads/Air.mp3").await.unwrap(), "as a check finds it");
    let second = media.store("Air.mp3", upload(&mp3), LIMIT).await.unwrap();
    assert_eq!(second.url, "uploads/Air (2).mp3");
    // Its content says what it is, not its name.
    assert_eq!(media.store("Air.wav", upload(&mp3), LIMIT).await.unwrap().url, "uploads/Air (3).mp3");
    assert_eq!(media.store("Air", upload(&mp3), LIMIT).await.unwrap().url, "uploads/Air (4).mp3");
    assert_eq!(files(&dir), ["Air (2).mp3", "Air (3).mp3", "Air (4).mp3", "Air.mp3"]);
    assert_eq!(fs::read(dir.path().join("uploads/Air.mp3")).unwrap(), mp3);
    assert_eq!(media.list("uploads", 10).await.unwrap().files.len(), 4);
}

#[tokio::test]
async fn concurrent_uploads_of_one_name_are_all_kept() {
    let (dir, media) = media();
    let mp3 = mp3();
    let uploads = (0..12).map(|_| media.store("Air.mp3", upload(&mp3), LIMIT));
    let mut urls: Vec<String> =
        futures::future::join_all(uploads).await.into_iter().map(|stored| stored.unwrap().url).collect();
    urls.sort();
    urls.dedup();
    assert_eq!((urls.len(), files(&dir).len()), (12, 12));
}

#[tokio::test]
async fn what_is_refused_is_kept_nowhere() {
    let (dir, media) = media();
    let mp3 = mp3();
    let limit = mp3.len() as u64;
    assert!(media.store("a.mp3", upload(&mp3), limit).await.is_ok());
    fs::remove_file(dir.path().join("uploads/a.mp3")).unwrap();
    assert_eq!(media.store("a.mp3", upload(&mp3), limit - 1).await, Err(StoreError::TooLarge { limit: limit - 1 }));
    // It is endless: the bound holds while it comes.
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[7; 4_096]))).boxed();
    assert_eq!(media.store("a.mp3", endless, 1_000_000).await, Err(StoreError::TooLarge { limit: 1_000_000 }));
    let broken = upload(&mp3).chain(stream::iter([Err(io::ErrorKind::ConnectionReset.into())])).boxed();
    assert_eq!(media.store("a.mp3", broken, LIMIT).await, Err(StoreError::Interrupted));
    for (name, content, kind) in [
        ("text.mp3", b"It is not music. ".repeat(1_000), FailureKind::Unsupported),
        ("empty.mp3", Vec::new(), FailureKind::Empty),
        ("../..", mp3.clone(), FailureKind::Forbidden),
    ] {
        match media.store(name, upload(&content), LIMIT).await {
            Err(StoreError::Refused(reason)) => assert_eq!(reason.kind, kind, "{name}: {reason}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert_eq!(files(&dir), [""; 0]);
}

#[tokio::test]
async fn an_upload_that_is_cancelled_leaves_nothing() {
    let (dir, media) = media();
    let (mut send, receive) = mpsc::channel::<io::Result<Bytes>>(1);
    let task = tokio::spawn(async move { media.store("a.mp3", receive.boxed(), LIMIT).await });
    for _ in 0..20 {
        send.send(Ok(Bytes::from(vec![7; PIECE]))).await.unwrap();
    }
    let [hidden] = files(&dir).try_into().expect("one hidden file, and nothing else");
    assert!(hidden.starts_with(PREFIX), "{hidden}");
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let begin = std::time::Instant::now();
    // A write may be under way on another thread.
    while !files(&dir).is_empty() {
        assert!(begin.elapsed().as_secs() < 10, "{:?}", files(&dir));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_a_crash_left_is_removed_at_the_start_and_what_is_being_written_is_not() {
    let (dir, media) = media();
    fs::create_dir(dir.path().join(FOLDER)).unwrap();
    fs::write(dir.path().join("uploads/.upload-0123.part"), "half").unwrap();
    fs::write(dir.path().join("uploads/.htaccess"), "of somebody else").unwrap();
    let (mut send, receive) = mpsc::channel::<io::Result<Bytes>>(1);
    let uploading = tokio::spawn(async move { media.store("a.mp3", receive.boxed(), LIMIT).await });
    let mp3 = mp3();
    for piece in mp3.chunks(1_000) {
        send.send(Ok(Bytes::copy_from_slice(piece))).await.unwrap();
    }
    assert_eq!(files(&dir).len(), 3);
    MediaDir::new(dir.path()).unwrap();
    assert_eq!(files(&dir).len(), 2, "{:?}", files(&dir));
    drop(send);
    assert_eq!(uploading.await.unwrap().unwrap().url, "uploads/a.mp3");
    assert_eq!(files(&dir), [".htaccess", "a.mp3"]);
}

#[tokio::test]
async fn where_nothing_can_be_written_that_is_said() {
    let (dir, media) = media();
    fs::write(dir.path().join(FOLDER), "a file").unwrap();
    let error = media.store("a.mp3", upload(&mp3()), LIMIT).await.unwrap_err();
    assert!(matches!(&error, StoreError::Unavailable { detail } if detail.contains("no directory")), "{error}");
    #[cfg(unix)]
    {
        let elsewhere = tempfile::tempdir().unwrap();
        fs::remove_file(dir.path().join(FOLDER)).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), dir.path().join(FOLDER)).unwrap();
        let error = media.store("a.mp3", upload(&mp3()), LIMIT).await.unwrap_err();
        assert!(matches!(&error, StoreError::Unavailable { detail } if detail.contains("link")), "{error}");
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    }
    for (kind, says) in [
        (io::ErrorKind::StorageFull, "the disk is full"),
        (io::ErrorKind::ReadOnlyFilesystem, "may not write"),
        (io::ErrorKind::PermissionDenied, "may not write"),
    ] {
        let error = unavailable(&io::Error::new(kind, "/secret/path"));
        assert!(error.to_string().contains(says) && !error.to_string().contains("secret"), "{error}");
    }
}
