-- What somebody has to look at in the read log, and what they said of it.
CREATE TABLE read_review (
    id BLOB PRIMARY KEY,
    day TEXT NOT NULL,
    why TEXT NOT NULL,
    which TEXT NOT NULL,
    readers TEXT NOT NULL,
    subject BLOB,
    readings BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    lines TEXT NOT NULL,
    due TEXT NOT NULL,
    done_at BIGINT,
    done_by BLOB,
    remark TEXT,
    UNIQUE (day, why, which)
);
CREATE INDEX read_review_open ON read_review (done_at, due);
