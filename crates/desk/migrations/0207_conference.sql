-- Sittings of conferences: a log of acts for each (decision 17), and a row with what lists need.
-- Cases on an agenda follow from facts: table `agenda` of the room views.
CREATE TABLE sitting (
    id BLOB PRIMARY KEY,
    site TEXT NOT NULL,
    board TEXT NOT NULL,
    held_on TEXT NOT NULL,
    begins TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    stage TEXT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX sitting_site ON sitting (site, held_on);

CREATE TABLE sitting_invited (
    sitting BLOB NOT NULL,
    account BLOB NOT NULL,
    PRIMARY KEY (sitting, account)
);
CREATE INDEX sitting_invited_account ON sitting_invited (account);

CREATE TABLE sitting_event (
    sitting BLOB NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account BLOB NOT NULL,
    act TEXT NOT NULL,
    sealed BLOB NOT NULL,
    chain BLOB NOT NULL,
    PRIMARY KEY (sitting, number)
);
