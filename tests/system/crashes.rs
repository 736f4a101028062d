//! A stream that plays is killed at any moment, hundreds of times: whatever was handed over, plays or waits, it is the list that was added.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use streamcore_tests::{Server, long, media::ToneFile, random::Random, wait};

/// As many wait at least: the stream never runs dry.
const AHEAD: usize = 12;

/// What was added, in the order in which it must be handed over.
#[derive(Default)]
struct Line {
    titles: Vec<String>,
    /// How many of them are in the history.
    handed: usize,
}

impl Line {
    /// Adds until enough wait. All of it is acknowledged.
    fn fill(&mut self, server: &Server) {
        while self.titles.len() < self.handed + AHEAD {
            let title = self.titles.len().to_string();
            let _ = server
                .call("POST", "/api/v1/queue/1/items", Some(&json!({"title": title, "url": "short.wav"})))
                .expect(201);
            self.titles.push(title);
        }
    }

    /// History, current item and waiting items are the line, without a gap and without a repetition; the stream plays the current item.
    fn check(&mut self, server: &Server) {
        // The stream hands over by itself: all three readings are of one state if the revision is the same before and after.
        let (queue, history, status) = wait::until("three readings of one state", Duration::from_secs(10), || {
            let queue = server.queue();
            let history = server.call("GET", "/api/v1/queue/1/history?limit=100", None).expect(200);
            let status = server.status();
            let settled =
                status["status"] == "playing" && status["current_item"]["id"] == queue["current_playing"]["id"];
            (settled && server.queue()["revision"] == queue["revision"]).then_some((queue, history, status))
        })
        .0;
        let titles = |items: &Value| -> Vec<String> {
            let items = items.as_array().expect("a list").iter();
            items.map(|item| item["title"].as_str().expect("a title").to_owned()).collect()
        };
        let (mut finished, listed) = (titles(&history["items"]), titles(&queue["items"]));
        finished.reverse();
        let newest = history["items"][0]["seq"].as_u64().map_or(0, |seq| usize::try_from(seq).expect("small"));
        assert!(newest >= self.handed, "the history went back: {newest} of {}", self.handed);
        self.handed = newest;
        assert_eq!(finished, self.titles[newest - finished.len()..newest], "the history");
        assert_eq!(listed, self.titles[newest..], "what plays and waits");
        assert_eq!(queue["current_playing"]["title"], json!(listed[0]));
        let outcomes = history["items"].as_array().expect("a list").iter().map(|entry| &entry["outcome"]);
        assert!(outcomes.clone().all(|outcome| outcome == "played"), "{history}");
        assert_eq!(status["errors_count"], 0, "{status}");
    }
}

#[test]
fn killed_at_any_moment_the_stream_goes_on_with_the_item_that_is_next() {
    let kills = if long() { 600 } else { 60 };
    let seed = Random::seed();
    println!("seed {seed}");
    let mut random = Random::new(seed);
    let mut server = Server::start();
    // Short enough that hand-offs fall among the kills.
    ToneFile::wav("second.wav", 400, 1).write(&server.media_dir());
    let second = std::fs::read(server.media_dir().join("second.wav")).expect("read");
    std::fs::write(server.media_dir().join("short.wav"), cut_to_a_third(&second)).expect("written");
    server.start_stream();
    let mut line = Line::default();
    let (begin, mut slowest) = (Instant::now(), Duration::ZERO);
    for _ in 0..kills {
        line.fill(&server);
        wait::let_play(Duration::from_millis(50 + random.below(450) as u64));
        server.kill_9();
        let killed = Instant::now();
        server.restart();
        line.check(&server);
        slowest = slowest.max(killed.elapsed());
    }
    println!(
        "{kills} kills in {:?}: {} tracks handed over, {} added; the slowest was seen playing again {slowest:?} after its kill",
        begin.elapsed(),
        line.handed,
        line.titles.len(),
    );
    assert!(line.handed * 3 > kills, "too few hand-offs fell among the kills: {}", line.handed);
}

/// The first third of a WAV file's sound; its header tells.
pub(crate) fn cut_to_a_third(wav: &[u8]) -> Vec<u8> {
    let data = wav.windows(4).position(|word| word == b"data").expect("a data chunk") + 8;
    let length = (wav.len() - data) / 12 * 4;
    let mut cut = wav[..data + length].to_vec();
    cut[data - 4..data].copy_from_slice(&u32::try_from(length).expect("short").to_le_bytes());
    let riff = u32::try_from(cut.len() - 8).expect("short");
    cut[4..8].copy_from_slice(&riff.to_le_bytes());
    cut
}
