-- The journal. What is not in `sealed` is the clear header (see domain::fact::Header).
CREATE TABLE fact (
    position BIGINT PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    stream BLOB NOT NULL,
    stream_kind TEXT NOT NULL,
    number BIGINT NOT NULL,
    subject BLOB NOT NULL,
    site TEXT NOT NULL,
    method TEXT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    valid_from TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    actor BLOB NOT NULL,
    org TEXT NOT NULL,
    source TEXT NOT NULL,
    purpose TEXT NOT NULL,
    command BLOB NOT NULL,
    supersedes BLOB,
    codes TEXT NOT NULL,
    sealed BLOB,
    sealed_hash BLOB NOT NULL,
    chain BLOB NOT NULL,
    UNIQUE (stream, number)
);

-- One row: the last position given out. Locking it puts commits in one order.
CREATE TABLE head (
    one BIGINT PRIMARY KEY,
    position BIGINT NOT NULL
);
INSERT INTO head (one, position) VALUES (1, 0);

CREATE TABLE stream_head (
    stream BLOB PRIMARY KEY,
    stream_kind TEXT NOT NULL,
    subject BLOB NOT NULL,
    number BIGINT NOT NULL,
    chain BLOB NOT NULL
);
CREATE INDEX stream_head_subject ON stream_head (subject);

-- A command id is used once; the digest tells whether a repeat is the same command.
CREATE TABLE command (
    id BLOB PRIMARY KEY,
    digest BLOB NOT NULL,
    actor BLOB NOT NULL,
    outcome TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
