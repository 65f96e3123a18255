-- Read tables: derived from the journal, can be dropped and rebuilt.
-- Personal values are ciphertext under the person's own key (columns `sealed`).
CREATE TABLE participant (
    id BLOB PRIMARY KEY,
    version BIGINT NOT NULL,
    age_band BIGINT,
    sex TEXT NOT NULL,
    sealed BLOB
);

CREATE TABLE trajectory (
    id BLOB PRIMARY KEY,
    participant BLOB NOT NULL,
    site TEXT NOT NULL,
    case_number TEXT NOT NULL,
    method TEXT NOT NULL,
    version BIGINT NOT NULL,
    previous BLOB,
    opened TEXT NOT NULL,
    ended TEXT,
    is_open BIGINT NOT NULL,
    phase TEXT NOT NULL,
    phase_since TEXT NOT NULL,
    status TEXT NOT NULL,
    status_since TEXT NOT NULL,
    scenario TEXT,
    cooperates BIGINT,
    pause TEXT,
    outflow_reason TEXT,
    next_rule TEXT,
    -- far in the future when nothing is due, so that lists sort without a special case
    next_due TEXT NOT NULL,
    next_waiting_on TEXT,
    guide BLOB,
    guide_org TEXT,
    -- day on which the row changes by itself: a rest period ends
    shift_on TEXT,
    changed_at BIGINT NOT NULL,
    changed_by BLOB NOT NULL,
    sealed BLOB
);
CREATE INDEX trajectory_due ON trajectory (site, is_open, next_due, id);
CREATE INDEX trajectory_participant ON trajectory (participant);
CREATE INDEX trajectory_case ON trajectory (case_number);
CREATE INDEX trajectory_shift ON trajectory (shift_on);
CREATE INDEX trajectory_guide ON trajectory (guide, is_open, next_due);

CREATE TABLE file (
    trajectory BLOB PRIMARY KEY,
    sealed BLOB
);

CREATE TABLE term (
    trajectory BLOB NOT NULL,
    number BIGINT NOT NULL,
    site TEXT NOT NULL,
    rule TEXT NOT NULL,
    start TEXT NOT NULL,
    due TEXT NOT NULL,
    agreed BIGINT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    waiting_on TEXT,
    worker BLOB,
    PRIMARY KEY (trajectory, number)
);
CREATE INDEX term_waiting ON term (site, waiting_on, agreed, due);

CREATE TABLE worker (
    trajectory BLOB NOT NULL,
    person BLOB NOT NULL,
    task TEXT NOT NULL,
    org TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (trajectory, task)
);
CREATE INDEX worker_person ON worker (person, since);

-- two times: valid (in the world) and known (to us); both half-open
CREATE TABLE spell (
    trajectory BLOB NOT NULL,
    participant BLOB NOT NULL,
    site TEXT NOT NULL,
    line TEXT NOT NULL,
    code TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    known_from BIGINT NOT NULL,
    known_to BIGINT
);
CREATE INDEX spell_trajectory ON spell (trajectory, line);
CREATE INDEX spell_figures ON spell (line, code, site, valid_from);

CREATE TABLE search_token (
    token BLOB NOT NULL,
    participant BLOB NOT NULL,
    PRIMARY KEY (token, participant)
);
CREATE INDEX search_token_participant ON search_token (participant);

-- what each user has last seen of a file; not derived from the journal
CREATE TABLE looked (
    person BLOB NOT NULL,
    trajectory BLOB NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (person, trajectory)
);
