-- Requests of participants about their data that wait for an answer. What was asked is sealed with the person.
CREATE TABLE rights_request (
    request BLOB PRIMARY KEY,
    participant BLOB NOT NULL,
    received TEXT NOT NULL,
    due TEXT NOT NULL
);
CREATE INDEX rights_request_of ON rights_request (participant);
