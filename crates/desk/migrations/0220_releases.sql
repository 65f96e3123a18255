-- Releases of figures: drafted, checked by someone else, released. `content` is all that is published; `asked` and `exact` are what
-- it is rebuilt from and compared with, and stay inside.
CREATE TABLE release (
    id BLOB PRIMARY KEY,
    state TEXT NOT NULL,
    title TEXT NOT NULL,
    asked TEXT NOT NULL,
    exact TEXT NOT NULL,
    content TEXT NOT NULL,
    hash TEXT NOT NULL,
    drafted_by BLOB NOT NULL,
    drafted_at BIGINT NOT NULL,
    checked_by BLOB,
    checked_at BIGINT,
    released_by BLOB,
    released_at BIGINT,
    note TEXT
);
CREATE INDEX release_state ON release (state, released_at);
