-- The queue complete: modes, repeat, undo, restore, requests; and sums, so that a place in a long queue is found without counting all of it.

ALTER TABLE queues ADD COLUMN mode TEXT NOT NULL DEFAULT 'fifo';
ALTER TABLE queues ADD COLUMN repeat_mode TEXT NOT NULL DEFAULT 'off';
-- How many items queue_cleared holds.
ALTER TABLE queues ADD COLUMN restorable INTEGER NOT NULL DEFAULT 0;

ALTER TABLE queue_items ADD COLUMN tier TEXT NOT NULL DEFAULT 'normal';
ALTER TABLE queue_items ADD COLUMN replays INTEGER;
ALTER TABLE queue_history ADD COLUMN tier TEXT NOT NULL DEFAULT 'normal';
ALTER TABLE queue_history ADD COLUMN replays INTEGER;

-- What takes the last edits back, the newest last.
CREATE TABLE queue_undo (
    stream INTEGER NOT NULL REFERENCES queues (stream),
    seq    INTEGER NOT NULL,
    kind   TEXT    NOT NULL,
    -- How many items and ids it holds.
    weight INTEGER NOT NULL,
    -- JSON.
    undo   TEXT    NOT NULL,
    PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;

-- What was cleared last: a JSON list of items.
CREATE TABLE queue_cleared (
    stream INTEGER NOT NULL PRIMARY KEY REFERENCES queues (stream),
    items  TEXT    NOT NULL
) STRICT;

-- Who has had a turn in the round that is under way: a JSON list of requesters.
CREATE TABLE queue_turns (
    stream INTEGER NOT NULL PRIMARY KEY REFERENCES queues (stream),
    turns  TEXT    NOT NULL
) STRICT;

-- The last requests, numbered as they came.
CREATE TABLE queue_requests (
    stream  INTEGER NOT NULL REFERENCES queues (stream),
    request TEXT    NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (stream, request),
    UNIQUE (stream, seq)
) STRICT, WITHOUT ROWID;

-- Sort keys now are 2^40 apart, so that a key between two others is found many more times before all are numbered anew.
UPDATE queue_items SET sort_key = ranked.place << 40
FROM (SELECT stream, id, row_number() OVER (PARTITION BY stream ORDER BY sort_key) AS place
      FROM queue_items WHERE sort_key IS NOT NULL) AS ranked
WHERE queue_items.stream = ranked.stream AND queue_items.id = ranked.id;

-- Sums over the waiting items whose sort keys share all but their lowest 47 bits: 128 neighbours that were added one after the other. Kept
-- by the triggers below, whatever is done to the items.
CREATE TABLE queue_blocks (
    stream   INTEGER NOT NULL,
    block    INTEGER NOT NULL,
    items    INTEGER NOT NULL,
    -- The sum of the seconds, by halves, as the whole may be too large for one number; then of the nanoseconds.
    secs_hi  INTEGER NOT NULL,
    secs_lo  INTEGER NOT NULL,
    nanos    INTEGER NOT NULL,
    -- How many items have no duration.
    unknown  INTEGER NOT NULL,
    PRIMARY KEY (stream, block)
) STRICT, WITHOUT ROWID;

INSERT INTO queue_blocks
SELECT stream, sort_key >> 47, count(*), coalesce(sum(duration_secs >> 32 & 0xffffffff), 0),
       coalesce(sum(duration_secs & 0xffffffff), 0), coalesce(sum(duration_nanos), 0), count(*) - count(duration_secs)
FROM queue_items WHERE sort_key IS NOT NULL GROUP BY stream, sort_key >> 47;

CREATE TRIGGER queue_blocks_gain AFTER INSERT ON queue_items WHEN new.sort_key IS NOT NULL BEGIN
    INSERT INTO queue_blocks
    VALUES (new.stream, new.sort_key >> 47, 1, coalesce(new.duration_secs >> 32 & 0xffffffff, 0),
            coalesce(new.duration_secs & 0xffffffff, 0), coalesce(new.duration_nanos, 0), new.duration_secs IS NULL)
    ON CONFLICT (stream, block) DO UPDATE SET
        items = items + 1, secs_hi = secs_hi + excluded.secs_hi, secs_lo = secs_lo + excluded.secs_lo,
        nanos = nanos + excluded.nanos, unknown = unknown + excluded.unknown;
END;

CREATE TRIGGER queue_blocks_lose AFTER DELETE ON queue_items WHEN old.sort_key IS NOT NULL BEGIN
    UPDATE queue_blocks SET
        items = items - 1, secs_hi = secs_hi - coalesce(old.duration_secs >> 32 & 0xffffffff, 0),
        secs_lo = secs_lo - coalesce(old.duration_secs & 0xffffffff, 0), nanos = nanos - coalesce(old.duration_nanos, 0),
        unknown = unknown - (old.duration_secs IS NULL)
    WHERE stream = old.stream AND block = old.sort_key >> 47;
    DELETE FROM queue_blocks WHERE stream = old.stream AND block = old.sort_key >> 47 AND items = 0;
END;

CREATE TRIGGER queue_blocks_leave AFTER UPDATE OF sort_key, duration_secs, duration_nanos ON queue_items
WHEN old.sort_key IS NOT NULL AND (old.sort_key >> 47, old.duration_secs, old.duration_nanos)
                                  IS NOT (new.sort_key >> 47, new.duration_secs, new.duration_nanos) BEGIN
    UPDATE queue_blocks SET
        items = items - 1, secs_hi = secs_hi - coalesce(old.duration_secs >> 32 & 0xffffffff, 0),
        secs_lo = secs_lo - coalesce(old.duration_secs & 0xffffffff, 0), nanos = nanos - coalesce(old.duration_nanos, 0),
        unknown = unknown - (old.duration_secs IS NULL)
    WHERE stream = old.stream AND block = old.sort_key >> 47;
    DELETE FROM queue_blocks WHERE stream = old.stream AND block = old.sort_key >> 47 AND items = 0;
END;

CREATE TRIGGER queue_blocks_enter AFTER UPDATE OF sort_key, duration_secs, duration_nanos ON queue_items
WHEN new.sort_key IS NOT NULL AND (old.sort_key >> 47, old.duration_secs, old.duration_nanos)
                                  IS NOT (new.sort_key >> 47, new.duration_secs, new.duration_nanos) BEGIN
    INSERT INTO queue_blocks
    VALUES (new.stream, new.sort_key >> 47, 1, coalesce(new.duration_secs >> 32 & 0xffffffff, 0),
            coalesce(new.duration_secs & 0xffffffff, 0), coalesce(new.duration_nanos, 0), new.duration_secs IS NULL)
    ON CONFLICT (stream, block) DO UPDATE SET
        items = items + 1, secs_hi = secs_hi + excluded.secs_hi, secs_lo = secs_lo + excluded.secs_lo,
        nanos = nanos + excluded.nanos, unknown = unknown + excluded.unknown;
END;

-- What the questions about the waiting items need is in their index: positions, durations, requesters.
DROP INDEX queue_items_in_order;
CREATE INDEX queue_items_in_order
    ON queue_items (stream, sort_key, duration_secs, duration_nanos, requested_by, added_by);
CREATE INDEX queue_items_by_tier ON queue_items (stream, tier, sort_key) WHERE tier <> 'normal';
CREATE INDEX queue_items_by_requester ON queue_items (stream, requested_by, added_by);
CREATE INDEX queue_items_by_url ON queue_items (stream, url, sort_key);
CREATE INDEX queue_history_by_url ON queue_history (stream, url);
