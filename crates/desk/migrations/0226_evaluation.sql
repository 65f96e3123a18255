-- An analysis as it was made: its protocol and its safe results, as JSON. No personal data.
CREATE TABLE analysis (
    id BLOB PRIMARY KEY,
    made_by BLOB NOT NULL,
    made_at BIGINT NOT NULL,
    made_on TEXT NOT NULL,
    body TEXT NOT NULL
);

-- A change of method, with what it should move; written down before its first day.
CREATE TABLE method_change (
    id BLOB PRIMARY KEY,
    site TEXT NOT NULL,
    starts TEXT NOT NULL,
    made_by BLOB NOT NULL,
    made_at BIGINT NOT NULL,
    made_on TEXT NOT NULL,
    body TEXT NOT NULL
);
