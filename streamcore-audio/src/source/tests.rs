use super::*;

/// A root with `a b/song.mp3`, and `secret.mp3` beside it, outside.
fn root() -> (tempfile::TempDir, Root) {
    let dir = tempfile::tempdir().unwrap();
    let media = dir.path().join("media");
    fs::create_dir_all(media.join("a b")).unwrap();
    fs::write(media.join("a b/song.mp3"), "x").unwrap();
    fs::write(media.join("Fugue: a study.mp3"), "x").unwrap();
    fs::write(media.join("empty.mp3"), "").unwrap();
    fs::write(dir.path().join("secret.mp3"), "x").unwrap();
    let root = Root::new(&media).unwrap();
    (dir, root)
}

fn kind(root: &Root, url: &str) -> FailureKind {
    let reason = root.open(url).map(|(located, _)| located.name).unwrap_err();
    let outside = root.path().parent().unwrap().to_str().unwrap();
    assert!(!reason.detail.contains(outside), "{url:?} tells an absolute path: {}", reason.detail);
    reason.kind
}

#[test]
fn files_inside_have_one_name_however_they_are_written() {
    let (_dir, root) = root();
    let base = root.path().to_str().unwrap().to_owned();
    for url in [
        "a b/song.mp3".to_owned(),
        "./a b//song.mp3".to_owned(),
        format!("file://{base}/a%20b/song.mp3"),
        format!("FILE://localhost{base}/a b/song.mp3"),
        format!("file:{base}/a%20b%2Fsong.mp3"),
    ] {
        assert_eq!(root.locate(&url).unwrap().name, "a b/song.mp3", "{url}");
    }
    assert_eq!(root.locate("Fugue: a study.mp3").unwrap().name, "Fugue: a study.mp3");
}

/// Promise A8.
#[test]
fn whatever_leaves_the_root_is_refused() {
    let (_dir, root) = root();
    let base = root.path().to_str().unwrap().to_owned();
    for url in [
        "../secret.mp3",
        "a b/../../secret.mp3",
        "a b/../a b/song.mp3",
        "/etc/passwd",
        "..",
        "a b\\..\\..\\secret.mp3",
        "C:\\secret.mp3",
        "C:/secret.mp3",
        "\\\\host\\share\\x.mp3",
        "a b/song.mp3\0.wav",
        "",
        "ftp://host/x.mp3",
        "javascript:alert(1)",
        "data:audio/mpeg;base64,AAAA",
        "concat:a|b",
        "gopher://host/x",
        "file://otherhost/etc/passwd",
        "file:///etc/passwd",
        "file://",
        "file:song.mp3",
        &format!("file://{base}/%2e%2e/secret.mp3"),
        &format!("file://{base}/..%2fsecret.mp3"),
        &format!("file://{base}/../secret.mp3"),
        &format!("file://{base}x/secret.mp3"),
        &format!("file://{base}/a%20b/song.mp3%00"),
        &format!("file://{base}/a%20b/song.mp3?x"),
        &format!("file://{base}/%zz"),
        &format!("file://{base}/%f"),
        &"x/".repeat(3_000),
    ] {
        assert_eq!(kind(&root, url), FailureKind::Forbidden, "{url:?}");
    }
}

#[test]
fn what_is_not_a_file_with_something_in_it_is_refused_with_its_kind() {
    let (_dir, root) = root();
    assert_eq!(kind(&root, "a b"), FailureKind::Forbidden);
    assert_eq!(kind(&root, "."), FailureKind::Forbidden);
    assert_eq!(kind(&root, "empty.mp3"), FailureKind::Empty);
    assert_eq!(kind(&root, "none.mp3"), FailureKind::NotFound);
    assert_eq!(kind(&root, "a b/song.mp3/deeper.mp3"), FailureKind::NotFound);
    assert_eq!(kind(&root, "https://example.org/x.mp3"), FailureKind::Unsupported);
    assert_eq!(kind(&root, &"n".repeat(400)), FailureKind::Forbidden);
}

/// Promise A8.
#[cfg(unix)]
#[test]
fn symbolic_links_are_followed_only_inside() {
    use std::os::unix::fs::symlink;
    let (dir, root) = root();
    symlink(dir.path().join("secret.mp3"), root.path().join("out.mp3")).unwrap();
    symlink(dir.path(), root.path().join("up")).unwrap();
    symlink("a b/song.mp3", root.path().join("in.mp3")).unwrap();
    symlink("loop.mp3", root.path().join("loop.mp3")).unwrap();
    assert_eq!(kind(&root, "out.mp3"), FailureKind::Forbidden);
    assert_eq!(kind(&root, "up/secret.mp3"), FailureKind::Forbidden);
    assert!(matches!(kind(&root, "loop.mp3"), FailureKind::Forbidden | FailureKind::Unreadable));
    assert_eq!(root.locate("in.mp3").unwrap().name, "a b/song.mp3");
}

/// Promise A8.
#[cfg(unix)]
#[test]
fn what_blocks_when_opened_is_not_opened() {
    let (_dir, root) = root();
    // A socket is as irregular as a FIFO, and can be made without a tool; a FIFO needs one, so it is tried only where there is one.
    let _socket = std::os::unix::net::UnixListener::bind(root.path().join("s.mp3")).unwrap();
    assert_eq!(kind(&root, "s.mp3"), FailureKind::Forbidden);
    let fifo = root.path().join("f.mp3");
    if std::process::Command::new("mkfifo").arg(&fifo).status().is_ok_and(|status| status.success()) {
        assert_eq!(kind(&root, "f.mp3"), FailureKind::Forbidden);
    }
}

#[cfg(unix)]
#[test]
fn running_out_of_files_is_not_the_fault_of_a_file() {
    // ENFILE, EMFILE, EAGAIN, ENOMEM; and EACCES, EIO.
    let again = if cfg!(target_os = "linux") { 11 } else { 35 };
    for (number, kind) in [
        (23, FailureKind::Unavailable),
        (24, FailureKind::Unavailable),
        (again, FailureKind::Unavailable),
        (12, FailureKind::Unavailable),
        (13, FailureKind::Unreadable),
        (5, FailureKind::Unreadable),
    ] {
        let reason = unreachable(Path::new("a.mp3"), &io::Error::from_raw_os_error(number));
        assert_eq!(reason.kind, kind, "{number}: {reason}");
    }
}
