CREATE TABLE idempotency_keys (
    -- Never given twice, also if the newest row is deleted.
    ticket       INTEGER PRIMARY KEY AUTOINCREMENT,
    caller       TEXT    NOT NULL,
    route        TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    -- The fingerprint of the request.
    request      BLOB    NOT NULL CHECK (length(request) = 32),
    -- When it was claimed or finished, in milliseconds.
    since        INTEGER NOT NULL,
    -- The answer; NULL while the request is in progress.
    status       INTEGER CHECK (status BETWEEN 0 AND 65535),
    content_type TEXT,
    body         BLOB,
    UNIQUE (caller, route, key),
    CHECK ((status IS NULL) = (content_type IS NULL) AND (status IS NULL) = (body IS NULL))
) STRICT;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (since);
CREATE INDEX idempotency_keys_of_caller ON idempotency_keys (caller, since, ticket);
