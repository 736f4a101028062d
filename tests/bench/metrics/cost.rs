//! Instructions per request, metrics on against off.

use std::{path::Path, process::Command, sync::Arc};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use streamcore::{
    ItemId, QueueItem, Source, Timestamp,
    queue::{MemoryQueue, Op, Queue as _, Tier},
    registry::MemoryRegistry,
};
use streamcore_audio::{AudioConfig, AudioPlayer};
use tower::ServiceExt as _;
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
            "a queue read ({items} items, in memory, no socket): {off:.0} instructions without metrics, {on:.0} with"
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

/// The program under callgrind.
pub(super) fn read(with_metrics: bool, items: u128, requests: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let media = tempfile::tempdir().expect("a folder");
    let service = runtime.block_on(async {
        let queue = Arc::new(MemoryQueue::new());
        for n in 0..items {
            queue.apply(STREAM, Op::add(item(n)).into()).await.expect("it is added");
        }
        let player = AudioPlayer::new(AudioConfig::new(media.path())).expect("a player");
        let stage = stage(queue, Arc::new(MemoryRegistry::new()), player, with_metrics);
        warp::service(streamcore_http::filter(stage.state))
    });
    let request = move || {
        let request = http::Request::get("/api/v1/queue/1").header("host", "x").body(Empty::<Bytes>::new());
        let service = service.clone();
        async move {
            let answer = service.oneshot(request.expect("a request")).await.expect("it answers");
            assert!(answer.status() == 200, "{}", answer.status());
            let _read = answer.into_body().collect().await;
        }
    };
    runtime.block_on(async {
        for _ in 0..requests {
            request().await;
        }
    });
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
