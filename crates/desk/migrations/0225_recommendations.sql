-- Recommendations of the DT&V to those who commission the network (opdrachtgeversoverleg), and what became of them. About
-- the network, not about a person.
CREATE TABLE recommendation (
    id BLOB PRIMARY KEY,
    site TEXT,
    org TEXT NOT NULL,
    made_on TEXT NOT NULL,
    text TEXT NOT NULL,
    recorded_by BLOB NOT NULL,
    recorded_at BIGINT NOT NULL
);

-- Never changed: what became of one is its last line.
CREATE TABLE recommendation_answer (
    recommendation BLOB NOT NULL,
    number BIGINT NOT NULL,
    answered_on TEXT NOT NULL,
    outcome TEXT NOT NULL,
    note TEXT NOT NULL,
    recorded_by BLOB NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (recommendation, number)
);
