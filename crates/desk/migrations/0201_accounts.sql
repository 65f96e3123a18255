-- People who sign in. Of a session only the hash of its token is kept.
CREATE TABLE account (
    id BLOB PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    org TEXT NOT NULL,
    sites TEXT NOT NULL,
    password TEXT NOT NULL,
    active BIGINT NOT NULL
);

CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    account BLOB NOT NULL,
    csrf TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account);
