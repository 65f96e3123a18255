-- How an organisation stands to a trajectory, and its state: who may see it depends on both (crates/access).
ALTER TABLE trajectory ADD COLUMN admitted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE trajectory ADD COLUMN restricted BIGINT NOT NULL DEFAULT 0;

-- organisations with a task in it
CREATE TABLE involved (
    trajectory BLOB NOT NULL,
    org TEXT NOT NULL,
    PRIMARY KEY (trajectory, org)
);

-- with the columns that tell the state, so that a list is counted without reading its rows
DROP INDEX trajectory_due;
CREATE INDEX trajectory_due ON trajectory (site, is_open, next_due, id, restricted, admitted, ended);
