//! Sums over the waiting items, in blocks of neighbours: what finds the place of an item, and the item at a place, without counting all.
//!
//! A block is the items whose sort keys share their upper bits: about 128 of them, as they are numbered. With n items waiting a question
//! reads n / 128 blocks and the items of one. Moves and turns insert between others, so that a block can grow; the next numbering anew
//! evens it out. Triggers of the schema keep the sums, so that no operation can forget to.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, named_params};
use streamcore::{StreamId, queue::Playtime};

use super::{Outcome, stored::Stored};
use crate::codec::{self, Columns};

/// How many low bits of a sort key a block leaves out. The schema's triggers have it, too.
const BITS: u32 = 47;

/// All blocks of a queue, in its order.
pub(super) struct Blocks(Vec<Block>);

struct Block {
    number: i64,
    items: usize,
    sums: Sums,
}

/// Durations added up. 64 bits are too few for the seconds of all durations that there are, so their halves are added on their own.
#[derive(Clone, Copy, Default)]
struct Sums {
    secs_hi: u64,
    secs_lo: u64,
    nanos: u64,
    unknown: usize,
}

impl Sums {
    fn read(columns: &Columns<'_>) -> Result<Self, crate::error::Corrupt> {
        Ok(Self {
            secs_hi: columns.count("secs_hi")?,
            secs_lo: columns.count("secs_lo")?,
            nanos: columns.count("nanos")?,
            unknown: columns.count::<u32>("unknown")? as usize,
        })
    }

    fn playtime(self) -> Playtime {
        let nanos = Duration::from_nanos(self.nanos);
        let secs = (u128::from(self.secs_hi) << 32) + u128::from(self.secs_lo);
        let known = u64::try_from(secs).map_or(Duration::MAX, |secs| Duration::from_secs(secs).saturating_add(nanos));
        Playtime { known, unknown: self.unknown }
    }
}

impl Blocks {
    pub(super) fn read(conn: &Connection, stream: StreamId) -> Outcome<Self> {
        let mut query = conn.prepare_cached(
            "SELECT stream, block, items, secs_hi, secs_lo, nanos, unknown FROM queue_blocks
             WHERE stream = :stream ORDER BY block",
        )?;
        let rows = query.query(named_params! { ":stream": stream.get() })?;
        let blocks = codec::collect(rows, |row| {
            let columns = Columns::block(row);
            let (number, items) = (columns.get("block")?, columns.count::<u32>("items")?);
            Ok(Block { number, items: items as usize, sums: Sums::read(&columns)? })
        })?;
        Ok(Self(blocks))
    }

    /// How many items wait.
    pub(super) fn items(&self) -> usize {
        self.0.iter().fold(0, |sum, block| sum.saturating_add(block.items))
    }

    /// How many items the blocks ahead of this one have.
    fn ahead(&self, number: i64) -> usize {
        let before = self.0.iter().take_while(|block| block.number < number);
        before.fold(0, |sum, block| sum.saturating_add(block.items))
    }

    /// How long the items of the blocks ahead of this one take.
    fn playtime_ahead(&self, number: i64) -> Playtime {
        let before = self.0.iter().take_while(|block| block.number < number);
        before.fold(Playtime::default(), |sum, block| sum.and(block.sums.playtime()))
    }

    /// The block that the item at this index is in, and its index there.
    fn find(&self, index: usize) -> Option<(i64, usize)> {
        let mut ahead = 0_usize;
        let holds = |block: &&Block| {
            let before = ahead;
            ahead = ahead.saturating_add(block.items);
            (before..ahead).contains(&index)
        };
        let block = self.0.iter().find(holds)?;
        Some((block.number, index - (ahead - block.items)))
    }
}

impl Stored<'_> {
    /// How many items wait ahead of this sort key.
    pub(super) fn rank(&self, sort_key: i64) -> Outcome<usize> {
        let block = sort_key >> BITS;
        let ahead = Blocks::read(self.conn, self.stream)?.ahead(block);
        let sql =
            "SELECT count(*) FROM queue_items WHERE stream = :stream AND sort_key >= :from AND sort_key < :sort_key";
        let params = named_params! { ":stream": self.stream.get(), ":from": block << BITS, ":sort_key": sort_key };
        let here: i64 = self.conn.prepare_cached(sql)?.query_row(params, |row| row.get(0))?;
        Ok(ahead.saturating_add(usize::try_from(here).unwrap_or_default()))
    }

    /// The sort key of the waiting item at this index.
    pub(super) fn key_at(&self, index: usize) -> Outcome<Option<i64>> {
        let Some((block, index)) = Blocks::read(self.conn, self.stream)?.find(index) else { return Ok(None) };
        let mut query = self.conn.prepare_cached(
            "SELECT sort_key FROM queue_items WHERE stream = :stream AND sort_key >= :from
             ORDER BY sort_key LIMIT 1 OFFSET :index",
        )?;
        let (from, index) = (block << BITS, codec::bound(index));
        let params = named_params! { ":stream": self.stream.get(), ":from": from, ":index": index };
        Ok(query.query_row(params, |row| row.get(0)).optional()?)
    }

    /// How long the items ahead of this sort key take; without one, all that wait.
    pub(super) fn playtime_before(&self, sort_key: Option<i64>) -> Outcome<Playtime> {
        let blocks = Blocks::read(self.conn, self.stream)?;
        let Some(sort_key) = sort_key else {
            return Ok(blocks.0.iter().fold(Playtime::default(), |sum, block| sum.and(block.sums.playtime())));
        };
        let block = sort_key >> BITS;
        // Of items, not of sums: a spoilt one is found where it is read itself.
        let mut query = self.conn.prepare_cached(
            "SELECT stream, :block AS block, coalesce(sum(duration_secs >> 32 & 0xffffffff), 0) AS secs_hi,
                    coalesce(sum(duration_secs & 0xffffffff), 0) AS secs_lo,
                    coalesce(sum(duration_nanos), 0) AS nanos, count(*) - count(duration_secs) AS unknown
             FROM queue_items WHERE stream = :stream AND sort_key >= :from AND sort_key < :sort_key",
        )?;
        let rows = query.query(named_params! {
            ":stream": self.stream.get(), ":block": block, ":from": block << BITS, ":sort_key": sort_key
        })?;
        let here = codec::first(rows, |row| Sums::read(&Columns::block(row)))?.unwrap_or_default();
        Ok(blocks.playtime_ahead(block).and(here.playtime()))
    }
}
