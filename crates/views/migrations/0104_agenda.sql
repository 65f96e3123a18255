-- Places of cases on agendas of sittings, as the facts of each case tell.
CREATE TABLE agenda (
    trajectory BLOB NOT NULL,
    fact BLOB NOT NULL,
    sitting BLOB NOT NULL,
    since TEXT NOT NULL,
    -- empty while it stands there
    outcome TEXT,
    PRIMARY KEY (trajectory, fact)
);
CREATE INDEX agenda_sitting ON agenda (sitting);
