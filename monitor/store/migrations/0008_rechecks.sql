-- When a pause was set: one set in the future comes from a clock that was wrong.
ALTER TABLE pauses ADD COLUMN set_at TIMESTAMPTZ;

-- The part of the ledger that looking posts up again has cost.
CREATE TABLE recheck_ledger (
    network VARCHAR NOT NULL,
    day DATE NOT NULL,
    requests BIGINT NOT NULL,
    reads BIGINT NOT NULL,
    dollars DOUBLE NOT NULL,
    PRIMARY KEY (network, day)
);

-- Posts that a network says are gone, and is not believed yet: `looks` on different days have said so.
CREATE TABLE absences (
    network VARCHAR NOT NULL,
    post_id VARCHAR NOT NULL,
    first_at TIMESTAMPTZ NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    looks INTEGER NOT NULL,
    PRIMARY KEY (network, post_id)
);

-- Rejects are told apart by what they hold and no longer by where they stood.
CREATE TEMP TABLE told_apart AS
SELECT md5(concat_ws(chr(31), network, reason, raw)) AS reject_key, run_id, network, place, reason, raw, rejected_at
FROM rejects QUALIFY row_number() OVER (PARTITION BY network, reason, raw ORDER BY rejected_at, run_id) = 1;
DELETE FROM rejects;
INSERT INTO rejects SELECT * FROM told_apart;
DROP TABLE told_apart;
