-- Numbers of 64 unsigned bits (revisions, moments, seconds) are kept as the signed number of the same bits: they only differ beyond 2^63.

CREATE TABLE queues (
    stream   INTEGER NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL,
    -- The number of the newest history entry.
    last_seq INTEGER NOT NULL DEFAULT 0
) STRICT;

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
    metadata       TEXT    NOT NULL,
    UNIQUE (stream, id),
    CHECK ((duration_secs IS NULL) = (duration_nanos IS NULL))
) STRICT;

CREATE INDEX queue_items_in_order ON queue_items (stream, sort_key, id);
CREATE UNIQUE INDEX queue_items_one_current ON queue_items (stream) WHERE sort_key IS NULL;

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
    finished_at    INTEGER NOT NULL,
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

CREATE INDEX streams_running ON streams (stream) WHERE running = 1;

PRAGMA application_id = 0x53747243;
PRAGMA user_version = 1;

INSERT INTO queues (stream, revision, last_seq) VALUES (-1001234567890, 9, 2);
INSERT INTO queue_items VALUES
    (-1001234567890, '00000000-0000-0000-0000-000000000002', NULL, '00000000-0000-0000-0000-00000000004d', 'Second',
     'http://example.com/2', 'stream', 183, 500000001, 'anna', -5, 1795355340123, '{"a":[1.5,null]}'),
    (-1001234567890, '00000000-0000-0000-0000-000000000003', 2097152, NULL, 'Third', '3.mp3', 'file', NULL, NULL, NULL, NULL,
     -1, '{}');
INSERT INTO queue_history VALUES
    (-1001234567890, 1, '00000000-0000-0000-0000-000000000001', NULL, 'First', '1.mp3', 'file', NULL, NULL, NULL, NULL, 5, '{}',
     '{"outcome":"played"}', 6),
    (-1001234567890, 2, '00000000-0000-0000-0000-000000000004', NULL, 'Fourth', '4.mp3', 'youtube', NULL, NULL, NULL, NULL, 5,
     '{}', '{"outcome":"failed","reason":{"kind":"not_found","detail":"4.mp3"}}', 7);
INSERT INTO streams VALUES
    (-1001234567890, '00000000-0000-0000-0000-000000000009', 'Radio', 1795355340123,
     '{"started_at":1795355340123,"paused":false,"playing":{"item":"00000000-0000-0000-0000-000000000002","position":{"secs":61,"nanos":500000000}},"tracks_played":2,"errors":1,"ended":[5,"auto_end"]}',
     1);
