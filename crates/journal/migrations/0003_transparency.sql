-- Two Merkle trees (RFC 6962): over the facts and over the read log. `frontier` are the roots of the complete subtrees at
-- the right edge, largest first; `tree_node` holds complete subtrees of 256 leaves and more.
CREATE TABLE tree (
    name TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    frontier BLOB
);
INSERT INTO tree (name, size) VALUES ('facts', 0);
INSERT INTO tree (name, size) VALUES ('reads', 0);

CREATE TABLE tree_node (
    tree TEXT NOT NULL,
    level BIGINT NOT NULL,
    number BIGINT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (tree, level, number)
);

-- Who read what about whom: one line per page that was answered. `body` is what the leaf covers; ids only.
CREATE TABLE read_log (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    leaf BLOB NOT NULL
);
CREATE INDEX read_log_at ON read_log (at);

-- Which lines are about whom; made from the lines, behind by a minute at most until somebody asks.
CREATE TABLE read_subject (
    subject BLOB NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (subject, number)
);

CREATE TABLE read_subject_done (
    number BIGINT NOT NULL
);
INSERT INTO read_subject_done (number) VALUES (0);

-- Signed heads of both trees.
CREATE TABLE checkpoint (
    tree TEXT NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (tree, size)
);

-- Heads that a partner kept and handed in again, and whether the history still contains them.
CREATE TABLE witness (
    id BLOB PRIMARY KEY,
    tree TEXT NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account BLOB NOT NULL,
    org TEXT NOT NULL,
    consistent BIGINT NOT NULL,
    note TEXT NOT NULL
);
