CREATE TABLE queues (
    stream   INTEGER NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL,
    -- The number of the newest history entry.
    last_seq INTEGER NOT NULL DEFAULT 0
, mode TEXT NOT NULL DEFAULT 'fifo', repeat_mode TEXT NOT NULL DEFAULT 'off', restorable INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE queue_items (
    stream         INTEGER NOT NULL REFERENCES queues (stream),
    id             TEXT    NOT NULL,
    -- Orders what waits, with gaps, so that a move writes one row. NULL marks the current item.
    sort_key       INTEGER,
    track_id       TEXT,
    title          TEXT    NOT NULL,
    url            TEXT    NOT NULL,
    source         TEXT    NOT NULL,
    duration_secs  INTEGER,
    duration_nanos INTEGER CHECK (duration_nanos BETWEEN 0 AND 999999999),
    added_by       TEXT,
    requested_by   INTEGER,
    added_at       INTEGER NOT NULL,
    metadata       TEXT    NOT NULL, tier TEXT NOT NULL DEFAULT 'normal', replays INTEGER,
    UNIQUE (stream, id),
    CHECK ((duration_secs IS NULL) = (duration_nanos IS NULL))
) STRICT;

CREATE TABLE queue_history (
    stream         INTEGER NOT NULL REFERENCES queues (stream),
    seq            INTEGER NOT NULL,
    id             TEXT    NOT NULL,
    track_id       TEXT,
    title          TEXT    NOT NULL,
    url            TEXT    NOT NULL,
    source         TEXT    NOT NULL,
    duration_secs  INTEGER,
    duration_nanos INTEGER,
    added_by       TEXT,
    requested_by   INTEGER,
    added_at       INTEGER NOT NULL,
    metadata       TEXT    NOT NULL,
    -- JSON.
    outcome        TEXT    NOT NULL,
    finished_at    INTEGER NOT NULL, tier TEXT NOT NULL DEFAULT 'normal', replays INTEGER,
    UNIQUE (stream, seq),
    UNIQUE (stream, id)
) STRICT;

CREATE TABLE streams (
    stream     INTEGER NOT NULL PRIMARY KEY,
    uuid       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    -- JSON: what the stream machine needs to go on. NULL for a stream that never ran.
    snapshot   TEXT,
    -- Whether the snapshot says that it runs.
    running    INTEGER NOT NULL DEFAULT 0 CHECK (running IN (0, 1))
) STRICT;

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

CREATE TABLE queue_cleared (
    stream INTEGER NOT NULL PRIMARY KEY REFERENCES queues (stream),
    items  TEXT    NOT NULL
) STRICT;

CREATE TABLE queue_turns (
    stream INTEGER NOT NULL PRIMARY KEY REFERENCES queues (stream),
    turns  TEXT    NOT NULL
) STRICT;

CREATE TABLE queue_requests (
    stream  INTEGER NOT NULL REFERENCES queues (stream),
    request TEXT    NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (stream, request),
    UNIQUE (stream, seq)
) STRICT, WITHOUT ROWID;

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

PRAGMA application_id = 0x53747243;
PRAGMA user_version = 2;

INSERT INTO queues (stream, revision, last_seq, mode, repeat_mode, restorable) VALUES (-1001234567890, 40, 2, 'fair', 'all', 1);
INSERT INTO queue_items (stream, id, sort_key, title, url, source, duration_secs, duration_nanos, requested_by, added_at, metadata, tier, replays) VALUES
    (-1001234567890, '00000000-0000-0000-0000-000000000002', NULL, 'Second', '2.mp3', 'file', 183, 500000001, -5, 2, '{}', 'vip', 1),
    (-1001234567890, '00000000-0000-0000-0000-000000000003', 1099511627776, 'Third', '3.mp3', 'file', NULL, NULL, 7, 3, '{}', 'admin', NULL),
    (-1001234567890, '00000000-0000-0000-0000-000000000005', 164926744166400, 'Fifth', '5.mp3', 'file', 60, 500000000, NULL, 5, '{}', 'normal', NULL);
INSERT INTO queue_blocks VALUES
    (-1001234567890, 0, 1, 0, 0, 0, 1),
    (-1001234567890, 1, 1, 0, 60, 500000000, 0);
INSERT INTO queue_history (stream, seq, id, title, url, source, added_at, metadata, outcome, finished_at, tier, replays) VALUES
    (-1001234567890, 1, '00000000-0000-0000-0000-000000000001', 'First', '1.mp3', 'file', 1, '{}', '{"outcome":"played"}', 6, 'vip', NULL),
    (-1001234567890, 2, '00000000-0000-0000-0000-000000000004', 'Fourth', '4.mp3', 'file', 4, '{}', '{"outcome":"skipped"}', 7, 'normal', 1);
INSERT INTO queue_undo VALUES
    (-1001234567890, 3, 'move', 0, '{"kind":"move","move_back":"00000000-0000-0000-0000-000000000003","anchor":{"before":"00000000-0000-0000-0000-000000000005"}}'),
    (-1001234567890, 4, 'remove', 1, '{"kind":"remove","insert":[{"id":"00000000-0000-0000-0000-000000000006","track_id":null,"title":"Sixth","url":"6.mp3","source":"file","duration":{"secs":1,"nanos":2},"added_by":"anna","requested_by":null,"added_at":6,"tier":"vip","replays":2,"metadata":{"a":1}}],"anchor":"end"}'),
    (-1001234567890, 5, 'shuffle', 2, '{"kind":"shuffle","anchor":"head","order":["00000000-0000-0000-0000-000000000005","00000000-0000-0000-0000-000000000003"]}'),
    (-1001234567890, 6, 'migrate', 0, '{"kind":"migrate","anchor":"head","mode":"fifo"}'),
    (-1001234567890, 7, 'repeat', 0, '{"kind":"repeat","anchor":"head","repeat":"one"}');
INSERT INTO queue_cleared VALUES
    (-1001234567890, '[{"id":"00000000-0000-0000-0000-000000000009","track_id":null,"title":"Ninth","url":"9.mp3","source":"file","duration":null,"added_by":null,"requested_by":7,"added_at":9,"metadata":{}}]');
INSERT INTO queue_turns VALUES (-1001234567890, '["nobody",{"user":"anna"}]');
INSERT INTO queue_requests VALUES (-1001234567890, '00000000-0000-0000-0000-000000000063', 1);

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

CREATE UNIQUE INDEX queue_items_one_current ON queue_items (stream) WHERE sort_key IS NULL;
CREATE INDEX streams_running ON streams (stream) WHERE running = 1;
CREATE INDEX queue_items_in_order
    ON queue_items (stream, sort_key, duration_secs, duration_nanos, requested_by, added_by);
CREATE INDEX queue_items_by_tier ON queue_items (stream, tier, sort_key) WHERE tier <> 'normal';
CREATE INDEX queue_items_by_requester ON queue_items (stream, requested_by, added_by);
CREATE INDEX queue_items_by_url ON queue_items (stream, url, sort_key);
CREATE INDEX queue_history_by_url ON queue_history (stream, url);
