-- What reading networks needs: edits, deletions, holes, and what was spent.
ALTER TABLE mentions ADD COLUMN quotes VARCHAR;
ALTER TABLE mentions ADD COLUMN edited_at TIMESTAMPTZ;
-- Text and author are gone since then; the row stays, so that cases keep their history.
ALTER TABLE mentions ADD COLUMN deleted_at TIMESTAMPTZ;
-- When the post was last looked up again; NULL: never.
ALTER TABLE mentions ADD COLUMN checked_at TIMESTAMPTZ;

-- Texts that an edit replaced.
CREATE TABLE edits (
    mention_id BIGINT NOT NULL,
    replaced_at TIMESTAMPTZ NOT NULL,
    text VARCHAR NOT NULL
);

-- Times of a listing that could not be read and never will be.
CREATE TABLE gaps (
    network VARCHAR NOT NULL,
    query VARCHAR NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ NOT NULL,
    reason VARCHAR NOT NULL,
    run_id BIGINT NOT NULL,
    noticed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (network, query, since, until)
);

-- Requests and what they cost, by UTC day.
CREATE TABLE ledger (
    network VARCHAR NOT NULL,
    day DATE NOT NULL,
    requests BIGINT NOT NULL,
    reads BIGINT NOT NULL,
    dollars DOUBLE NOT NULL,
    PRIMARY KEY (network, day)
);

-- Resources paid for today: reading them again is free until the UTC day ends.
CREATE TABLE paid_resources (
    network VARCHAR NOT NULL,
    day DATE NOT NULL,
    resource VARCHAR NOT NULL,
    PRIMARY KEY (network, day, resource)
);

-- Networks that asked to wait; `strikes` counts the times in a row that they did not say how long.
CREATE TABLE pauses (
    network VARCHAR PRIMARY KEY,
    until TIMESTAMPTZ NOT NULL,
    strikes INTEGER NOT NULL,
    reason VARCHAR NOT NULL
);
