-- The library. Numbers of 64 unsigned bits are kept as the signed number of the same bits.

CREATE TABLE library_tracks (
    -- What the index of words calls it.
    n              INTEGER PRIMARY KEY,
    id             TEXT    NOT NULL UNIQUE,
    -- Made by the core from the fields below: what orders the tracks, and what is searched.
    title_key      TEXT    NOT NULL,
    search_key     TEXT    NOT NULL,
    title          TEXT    NOT NULL,
    artist         TEXT,
    url            TEXT    NOT NULL,
    source         TEXT    NOT NULL,
    duration_secs  INTEGER,
    duration_nanos INTEGER CHECK (duration_nanos BETWEEN 0 AND 999999999),
    added_by       TEXT,
    added_at       INTEGER NOT NULL,
    -- JSON.
    metadata       TEXT    NOT NULL,
    CHECK ((duration_secs IS NULL) = (duration_nanos IS NULL))
) STRICT;

-- Holds all that a search looks at: whoever goes through the tracks in order reads none of them that does not match.
CREATE INDEX library_tracks_in_order ON library_tracks (title_key, id, search_key);
CREATE INDEX library_tracks_by_url ON library_tracks (url);

-- Every three characters in a row: finds parts of words. The keys are folded already.
CREATE VIRTUAL TABLE library_words USING fts5 (
    search_key, content = 'library_tracks', content_rowid = 'n', tokenize = 'trigram case_sensitive 1', columnsize = 0
);

-- How many tracks there are: counting them anew would read them all.
CREATE TABLE library_size (
    one    INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    tracks INTEGER NOT NULL
) STRICT;
INSERT INTO library_size VALUES (1, 0);

CREATE TRIGGER library_tracks_added AFTER INSERT ON library_tracks BEGIN
    INSERT INTO library_words (rowid, search_key) VALUES (new.n, new.search_key);
    UPDATE library_size SET tracks = tracks + 1;
END;
CREATE TRIGGER library_tracks_deleted AFTER DELETE ON library_tracks BEGIN
    INSERT INTO library_words (library_words, rowid, search_key) VALUES ('delete', old.n, old.search_key);
    UPDATE library_size SET tracks = tracks - 1;
END;
CREATE TRIGGER library_tracks_changed AFTER UPDATE OF search_key ON library_tracks WHEN old.search_key <> new.search_key BEGIN
    INSERT INTO library_words (library_words, rowid, search_key) VALUES ('delete', old.n, old.search_key);
    INSERT INTO library_words (rowid, search_key) VALUES (new.n, new.search_key);
END;
