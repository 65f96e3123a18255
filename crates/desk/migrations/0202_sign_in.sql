-- Second factors, sessions that can be seen and ended, rights by four eyes, and every act about an account.

-- until when a password that someone else knows can be used; none: the person chose it
ALTER TABLE account ADD COLUMN first_until BIGINT;
-- tries that failed since signing in
ALTER TABLE account ADD COLUMN failed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN signed_in_at BIGINT;
-- when someone last looked whether the rights are still needed
ALTER TABLE account ADD COLUMN confirmed_at BIGINT NOT NULL DEFAULT 0;

-- sessions of the older shape end
DROP TABLE session;
CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    id BLOB NOT NULL,
    account BLOB NOT NULL,
    csrf TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    second BIGINT NOT NULL,
    fresh_at BIGINT NOT NULL,
    device TEXT NOT NULL,
    address TEXT NOT NULL,
    failed_before BIGINT NOT NULL,
    last_before BIGINT
);
CREATE INDEX session_account ON session (account);

CREATE TABLE totp (
    account BLOB PRIMARY KEY,
    secret BLOB NOT NULL,
    made_at BIGINT NOT NULL,
    -- the step of the last code that was used: each works once
    last_step BIGINT NOT NULL
);

CREATE TABLE recovery_code (
    account BLOB NOT NULL,
    hash BLOB NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account, hash)
);

CREATE TABLE passkey (
    id BLOB PRIMARY KEY,
    account BLOB NOT NULL,
    name TEXT NOT NULL,
    -- the public key and what belongs to it
    data TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkey_account ON passkey (account);

-- who someone is at an identity provider: by its name and its own id of the person
CREATE TABLE identity (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account BLOB NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE TABLE rights_proposal (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    account BLOB NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    org TEXT NOT NULL,
    sites TEXT NOT NULL,
    proposed_by BLOB NOT NULL,
    proposed_at BIGINT NOT NULL,
    decided_by BLOB,
    decided_at BIGINT,
    approved BIGINT
);

-- never changed and never removed
CREATE TABLE account_event (
    id BLOB PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    account BLOB,
    by_account BLOB,
    detail TEXT NOT NULL
);
CREATE INDEX account_event_account ON account_event (account, at);
