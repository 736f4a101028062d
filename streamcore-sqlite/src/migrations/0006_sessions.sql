-- JSON: what of the server's defaults for its end by itself is different for this stream.
ALTER TABLE streams ADD COLUMN auto_end TEXT NOT NULL DEFAULT '{}';
-- The session that the snapshot is of; 0 before sessions had numbers. A snapshot of an earlier one is not stored.
ALTER TABLE streams ADD COLUMN session INTEGER NOT NULL DEFAULT 0;

-- Sessions that ended, the newest thousand of each stream. Numbers of 64 unsigned bits are kept as the signed number of the same bits;
-- session numbers beyond half of them, which no stream reaches, would be out of order.
CREATE TABLE stream_sessions (
    stream          INTEGER NOT NULL REFERENCES streams (stream),
    number          INTEGER NOT NULL,
    started_at      INTEGER NOT NULL,
    ended_at        INTEGER NOT NULL,
    -- JSON: who or what ended it.
    cause           TEXT    NOT NULL,
    peak_listeners  INTEGER NOT NULL,
    total_listeners INTEGER NOT NULL,
    tracks_played   INTEGER NOT NULL,
    errors          INTEGER NOT NULL,
    PRIMARY KEY (stream, number)
) STRICT, WITHOUT ROWID;
