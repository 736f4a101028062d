//! Instructions per request, metrics on against off.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Command,
    sync::Arc,
};

use streamcore::{
    ItemId, QueueItem, Source, Timestamp,
    queue::{Op, Queue as _, Tier},
};
use streamcore_audio::{AudioConfig, AudioPlayer};
use streamcore_http::ServeOptions;
use streamcore_sqlite::SqliteStore;
use tokio::net::TcpListener;
use uuid::Uuid;

use super::{STREAM, stage};

/// What is there before the first of these is the same in both runs, and taken away.
const FEW: u32 = 100;
const MANY: u32 = 4_100;

/// Runs this program under callgrind, with and without metrics, and prints what they differ by: for a page of a queue, and for an empty one.
pub(super) fn compare() {
    let folder = tempfile::tempdir().expect("a folder");
    for items in ["50", "0"] {
        let of = |with_metrics| {
            let [few, many] = [FEW, MANY].map(|requests| instructions(folder.path(), with_metrics, items, requests));
            (many - few) / f64::from(MANY - FEW)
        };
        let (off, on) = (of("off"), of("on"));
        println!(
            "a queue read ({items} items, SQLite, one connection): {off:.0} instructions without metrics, {on:.0} with"
        );
        println!("  metrics add {:.0} instructions: {:.2} %", on - off, (on - off) / off * 100.0);
    }
}

fn instructions(folder: &Path, with_metrics: &str, items: &str, requests: u32) -> f64 {
    let out = folder.join("callgrind");
    let status = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe().expect("our path"))
        .args(["cost", with_metrics, items, &requests.to_string()])
        .status()
        .expect("valgrind is needed: apt-get install valgrind");
    assert!(status.success(), "callgrind: {status}");
    let text = std::fs::read_to_string(out).expect("callgrind wrote it");
    let total = text.lines().find_map(|line| line.strip_prefix("summary: ").or_else(|| line.strip_prefix("totals: ")));
    total.expect("a total").trim().parse().expect("a number")
}

/// The program under callgrind: the server on SQLite, and one client on one connection, which does next to nothing.
pub(super) fn read(with_metrics: bool, items: u128, requests: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let address = runtime.block_on(async {
        let store = Arc::new(SqliteStore::open(folder.path().join("streamcore.db")).expect("a store"));
        for n in 0..items {
            store.apply(STREAM, Op::add(item(n)).into()).await.expect("it is added");
        }
        let player = AudioPlayer::new(AudioConfig::new(folder.path())).expect("a player");
        let stage = stage(store.clone(), store, player, with_metrics);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let routes = streamcore_http::filter(stage.state);
        tokio::spawn(streamcore_http::serve(listener, routes, ServeOptions::default(), std::future::pending()));
        address
    });
    let client = std::thread::spawn(move || ask(address, requests));
    runtime
        .block_on(async { tokio::task::spawn_blocking(|| client.join()).await })
        .expect("it joins")
        .expect("it asked");
}

fn ask(address: SocketAddr, requests: u32) {
    let mut socket = TcpStream::connect(address).expect("it connects");
    let mut buffer = vec![0; 1 << 20];
    for _ in 0..requests {
        socket.write_all(b"GET /api/v1/queue/1 HTTP/1.1\r\nHost: x\r\n\r\n").expect("it takes the request");
        let mut length = 0;
        while !is_whole(&buffer[..length]) {
            length += socket.read(&mut buffer[length..]).expect("it answers");
        }
        assert!(buffer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&buffer[..length]));
    }
}

/// The head, and as much behind it as it says. Looked for where it is: near the beginning.
fn is_whole(answer: &[u8]) -> bool {
    let head = &answer[..answer.len().min(1_000)];
    let Some(end) = head.windows(4).position(|end| end == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&head[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    answer.len() >= end + 4 + length.parse::<usize>().expect("a number")
}

fn item(n: u128) -> QueueItem {
    QueueItem {
        id: ItemId::new(Uuid::from_u128(n)),
        track_id: None,
        title: format!("Track {n}"),
        url: format!("{n}.mp3"),
        source: Source::File,
        duration: None,
        added_by: None,
        requested_by: None,
        added_at: Timestamp::default(),
        tier: Tier::default(),
        replays: None,
        metadata: serde_json::Map::new(),
    }
}
