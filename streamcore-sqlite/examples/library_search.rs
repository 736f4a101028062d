//! How long a search takes in a library of 100,000 tracks, by kind of question, and what adding them costs.
//!
//! ```text
//! cargo run --release -p streamcore-sqlite --example library_search -- FOLDER
//! ```

use std::{
    error::Error,
    path::PathBuf,
    time::{Duration, Instant},
};

use futures::executor::block_on;
use streamcore::{
    Timestamp, TrackId,
    library::{Library, MAX_BATCH, Search, Track},
};
use streamcore_sqlite::SqliteStore;

const TRACKS: u64 = 100_000;
const REPEATS: usize = 200;

/// What is asked, and for how large a part of the library it stands.
const QUESTIONS: &[(&str, &str)] = &[
    ("", "all tracks"),
    ("sorel-77777", "one word, one track"),
    ("band 4242", "two words, few tracks"),
    ("harbour", "a word of one track in 64"),
    ("harbour light", "two words that meet seldom"),
    ("album", "a word of every track"),
    ("zzzz", "a word of no track"),
    ("97", "two characters"),
    ("q", "one character, of no track"),
    ("ha li", "two short words"),
    ("album 97", "a word of every track and a short one"),
    ("тема", "a word of a thousand tracks at the end of the order"),
    ("zorba", "a word of 5,000 tracks at the end of the order"),
];

const WORDS: [&str; 64] = [
    "amber", "anchor", "april", "autumn", "birch", "blue", "bridge", "candle", "canyon", "cedar", "city", "cloud",
    "coast", "copper", "crystal", "dance", "dawn", "desert", "distance", "dream", "dust", "echo", "ember", "evening",
    "falcon", "field", "fire", "forest", "garden", "glass", "golden", "harbour", "heart", "hollow", "island", "ivory",
    "journey", "lantern", "light", "marble", "meadow", "midnight", "mirror", "moon", "morning", "mountain", "night",
    "northern", "ocean", "paper", "rain", "river", "road", "rose", "shadow", "silver", "snow", "song", "star", "stone",
    "summer", "thunder", "winter", "wind",
];

fn track(n: u64) -> Track {
    let word = |k: u64| WORDS[usize::try_from((n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (k * 6)) % 64).unwrap_or(0)];
    let title = match n % 100 {
        7 => format!("тема {} {n}", word(1)),
        20..25 => format!("zorba {} {n}", word(1)),
        _ => format!("{} {} of the {}", word(1), word(2), word(3)),
    };
    let metadata = [("album".to_owned(), format!("Album {} {}", word(4), n % 3_000).into())].into_iter().collect();
    Track {
        artist: Some(format!("The {} Band {}", word(5), n % 7_000)),
        duration: Some(Duration::from_secs(180)),
        metadata,
        ..Track::file(
            TrackId::new(uuid::Uuid::from_u64_pair(n.wrapping_mul(0x9E37_79B9_7F4A_7C15), n)),
            title,
            format!("{}/{}/{:02} - sorel-{n:05}.mp3", word(5), word(4), n % 20),
            Timestamp::from_millis(n),
        )
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder: PathBuf = std::env::args().nth(1).ok_or("usage: library_search FOLDER")?.into();
    let path = folder.join("library-search.db");
    let store = SqliteStore::open(&path)?;
    let start = Instant::now();
    for first in (0..TRACKS).step_by(MAX_BATCH) {
        let tracks = (first..first + MAX_BATCH as u64).map(track).collect();
        block_on(store.add(tracks, usize::MAX))?;
    }
    let rate = TRACKS as f64 / start.elapsed().as_secs_f64();
    let start = Instant::now();
    for n in TRACKS..TRACKS + 200 {
        block_on(store.add(vec![track(n)], usize::MAX))?;
    }
    let one = start.elapsed() / 200;
    println!("added {TRACKS} tracks in calls of {MAX_BATCH}: {rate:.0}/s; then one by one, synced: {one:?} each");
    println!("{:<52} {:>7} {:>9} {:>9} {:>9} {:>9}", "question", "total", "p50", "p99", "2nd page", "total only");
    for (text, what) in QUESTIONS {
        let first = Search { text: (*text).into(), after: None, limit: 50 };
        let page = block_on(store.search(first.clone()))?;
        let (p50, p99) = measured(&store, &first)?;
        let second = match page.next {
            Some(after) => format!("{:.1?}", measured(&store, &Search { after: Some(after), ..first.clone() })?.0),
            None => "-".to_owned(),
        };
        let (total, _) = measured(&store, &Search { limit: 0, ..first })?;
        println!("{what:<52} {:>7} {p50:>9.1?} {p99:>9.1?} {second:>9} {total:>9.1?}", page.total);
    }
    drop(store);
    println!("the file: {} MB", std::fs::metadata(&path)?.len() / 1_000_000);
    for suffix in ["", ".lock"] {
        std::fs::remove_file(format!("{}{suffix}", path.display()))?;
    }
    Ok(())
}

fn measured(store: &SqliteStore, search: &Search) -> Result<(Duration, Duration), streamcore::library::Error> {
    let mut times = Vec::with_capacity(REPEATS);
    for _ in 0..REPEATS {
        let start = Instant::now();
        block_on(store.search(search.clone()))?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok((times[REPEATS / 2], times[REPEATS * 99 / 100]))
}
