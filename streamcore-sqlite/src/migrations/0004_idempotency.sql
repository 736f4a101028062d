CREATE TABLE idempotency_keys (
    -- Never given twice, also if the newest row is deleted.
    ticket       INTEGER PRIMARY KEY AUTOINCREMENT,
    caller       TEXT    NOT NULL,
    route        TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    -- The fingerprint of the request.
    request      BLOB    NOT NULL CHECK (length(request) = 32),
    -- What the ids are made of that the request makes; the first claim's.
    origin       BLOB    NOT NULL CHECK (length(origin) = 16),
    -- 1: only the origin is still remembered.
    abandoned    INTEGER NOT NULL DEFAULT 0 CHECK (abandoned IN (0, 1)),
    -- When it was claimed or finished, in milliseconds.
    since        INTEGER NOT NULL,
    -- The answer; NULL while the request is in progress.
    status       INTEGER CHECK (status BETWEEN 0 AND 65535),
    content_type TEXT,
    body         BLOB,
    UNIQUE (caller, route, key),
    CHECK ((status IS NULL) = (content_type IS NULL) AND (status IS NULL) = (body IS NULL)),
    CHECK (abandoned = 0 OR status IS NULL)
) STRICT;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (since);
CREATE INDEX idempotency_keys_of_caller ON idempotency_keys (caller, since, ticket);
