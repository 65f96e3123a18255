-- What stops destruction: an appeal, a complaint, an incident, a request. Codes only.
CREATE TABLE legal_hold (
    participant BLOB NOT NULL,
    reason TEXT NOT NULL,
    placed_by BLOB NOT NULL,
    placed_at BIGINT NOT NULL,
    PRIMARY KEY (participant, reason)
);

-- A proposal to destroy, by one person; approved by another. The certificate holds no personal data.
CREATE TABLE destruction (
    id BLOB PRIMARY KEY,
    state TEXT NOT NULL,
    proposed_by BLOB NOT NULL,
    proposed_at BIGINT NOT NULL,
    decided_by BLOB,
    decided_at BIGINT,
    certificate TEXT
);

CREATE TABLE destruction_person (
    destruction BLOB NOT NULL,
    participant BLOB NOT NULL,
    grounds TEXT NOT NULL,
    PRIMARY KEY (destruction, participant)
);
CREATE INDEX destruction_person_participant ON destruction_person (participant);
