-- Two ways to see a case that is not one's own, each for a short time. Words about a person are sealed under a key of the service.

-- broken glass: who, which case (none when the number is nobody's), why, until when; and the review that must follow
CREATE TABLE glass (
    id BLOB PRIMARY KEY,
    account BLOB NOT NULL,
    org TEXT NOT NULL,
    -- whose privacy officer reviews it
    site TEXT NOT NULL,
    trajectory BLOB,
    participant BLOB,
    reason BLOB NOT NULL,
    broken_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    reviewed_by BLOB,
    reviewed_at BIGINT,
    verdict TEXT,
    remark BLOB
);
CREATE INDEX glass_account ON glass (account, until);
CREATE INDEX glass_site ON glass (site, reviewed_at);

-- a named question of the police about one person: two others decide on it
CREATE TABLE question (
    id BLOB PRIMARY KEY,
    account BLOB NOT NULL,
    org TEXT NOT NULL,
    site TEXT NOT NULL,
    ground TEXT NOT NULL,
    -- 1: a law forbids that the participant is told
    secret BIGINT NOT NULL,
    words BLOB NOT NULL,
    asked_at BIGINT NOT NULL,
    trajectory BLOB,
    participant BLOB,
    first_by BLOB,
    first_role TEXT,
    first_at BIGINT,
    second_by BLOB,
    second_at BIGINT,
    refused_by BLOB,
    refused_at BIGINT,
    until BIGINT
);
CREATE INDEX question_account ON question (account, asked_at);
CREATE INDEX question_site ON question (site, asked_at);
