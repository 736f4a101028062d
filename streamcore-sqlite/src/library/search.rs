//! Search: which of two ways is the short one.
//!
//! The index of words knows every three characters in a row, so that it finds whatever holds a longer word; a word of one or two characters
//! it cannot find. What it finds comes in no order. So
//!
//! - few matches are taken from the index of words and sorted;
//! - many matches, and those of short words alone, are soon met by going through the tracks in order; that index holds the keys as well.

use rusqlite::{Connection, params_from_iter, types::Value};
use streamcore::library::{Cursor, MAX_PAGE, Search, SearchPage, Track, search};

use super::{
    Outcome, read,
    rows::{self, TRACK},
};
use crate::codec;

/// The length of what the index of words knows, in characters.
const INDEXED_CHARS: usize = 3;

/// Up to how many matches are sorted.
const FEW: usize = 2_000;

pub(super) fn search(conn: &Connection, search: &Search) -> Outcome<SearchPage> {
    let words = Words::of(&search.text);
    let (way, total) = words.planned(conn)?;
    let limit = search.limit.min(MAX_PAGE);
    if limit == 0 || total == 0 {
        return Ok(SearchPage { tracks: Vec::new(), next: None, total });
    }
    // One more than asked for tells whether there are more.
    let mut tracks = words.page(conn, way, search.after.as_ref(), limit + 1)?;
    let more = tracks.len() > limit;
    tracks.truncate(limit);
    let next = tracks.last().filter(|_| more).map(Cursor::of);
    Ok(SearchPage { tracks, next, total })
}

/// How to come by the tracks that match.
#[derive(Clone, Copy)]
enum Way {
    Indexed,
    InOrder,
}

/// The words to look for, by how they can be found.
struct Words {
    /// The question to the index of words, if any word is long enough for it.
    indexed: Option<String>,
    long: Vec<String>,
    short: Vec<String>,
}

impl Words {
    fn of(text: &str) -> Self {
        let is_long = |word: &String| word.chars().nth(INDEXED_CHARS - 1).is_some();
        let (long, short): (Vec<_>, Vec<_>) = search::words(text).into_iter().partition(is_long);
        // A string in quotes is looked for as it is, and all of several are to be found.
        let quoted: Vec<_> = long.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
        Self { indexed: (!quoted.is_empty()).then(|| quoted.join(" ")), long, short }
    }

    /// The short way, and how many tracks match.
    fn planned(&self, conn: &Connection) -> Outcome<(Way, usize)> {
        let mut way = Way::InOrder;
        if self.indexed.is_some() {
            // No track needs to be looked at for this.
            let sql = "SELECT count(*) FROM library_words WHERE library_words MATCH ?";
            let hold_the_long_ones = count(conn, sql, self.indexed.iter().cloned().map(Value::from).collect())?;
            way = if hold_the_long_ones <= FEW { Way::Indexed } else { Way::InOrder };
            if self.short.is_empty() {
                return Ok((way, hold_the_long_ones));
            }
        } else if self.short.is_empty() {
            return Ok((way, read::total(conn)?));
        }
        let total = count(conn, &format!("SELECT count(*) {}", self.from(way)), self.values(way))?;
        Ok((way, total))
    }

    fn page(&self, conn: &Connection, way: Way, after: Option<&Cursor>, limit: usize) -> Outcome<Vec<Track>> {
        let behind = if after.is_some() { "AND (title_key, id) > (?, ?)" } else { "" };
        let sql = format!("SELECT {TRACK} {} {behind} ORDER BY title_key, id LIMIT ?", self.from(way));
        let mut values = self.values(way);
        if let Some(cursor) = after {
            values.extend([cursor.title_key().to_owned().into(), cursor.id().to_string().into()]);
        }
        values.push(codec::bound(limit).into());
        let mut query = conn.prepare_cached(&sql)?;
        codec::collect(query.query(params_from_iter(values))?, rows::track)
    }

    /// The tracks that match, with a place for each of the [`values`](Self::values).
    fn from(&self, way: Way) -> String {
        let (mut sql, looked_for) = match way {
            Way::Indexed => (
                "FROM library_tracks NOT INDEXED
                 WHERE n IN (SELECT rowid FROM library_words WHERE library_words MATCH ?)"
                    .to_owned(),
                self.short.len(),
            ),
            Way::InOrder => (
                "FROM library_tracks INDEXED BY library_tracks_in_order WHERE true".to_owned(),
                self.short.len() + self.long.len(),
            ),
        };
        for _ in 0..looked_for {
            sql.push_str(" AND instr(search_key, ?) > 0");
        }
        sql
    }

    fn values(&self, way: Way) -> Vec<Value> {
        let looked_for = self.short.iter().cloned();
        match way {
            Way::Indexed => self.indexed.iter().cloned().chain(looked_for).map(Value::from).collect(),
            // The longest first: they rule most out.
            Way::InOrder => self.long.iter().cloned().chain(looked_for).map(Value::from).collect(),
        }
    }
}

fn count(conn: &Connection, sql: &str, values: Vec<Value>) -> Outcome<usize> {
    let n: i64 = conn.prepare_cached(sql)?.query_row(params_from_iter(values), |row| row.get(0))?;
    Ok(usize::try_from(n).unwrap_or_default())
}
