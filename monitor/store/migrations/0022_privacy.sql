-- expand
-- How many characters the text had of a post that was erased because its author asked for it, so that the figures of past
-- months stay; NULL: it was not. `deleted_at` is set beside it.
ALTER TABLE mentions ADD COLUMN erased_length INTEGER;

-- Drawn for each event: with it the event's words enter the hash. NULL: they enter it as they are, as before there was one.
ALTER TABLE case_events ADD COLUMN salt VARCHAR;

-- Events of which words were erased: what stands there now is what `form` is the SHA-256 of, and all rows of an erasure are
-- in the words of the event `marker_id`, which is chained like any other. `seal` is the hash of the words that were there
-- and of the salt, which is gone too; NULL where there was none.
CREATE TABLE erased_events (
    event_id BIGINT NOT NULL,
    marker_id BIGINT NOT NULL,
    seal VARCHAR,
    form VARCHAR NOT NULL,
    PRIMARY KEY (event_id, marker_id)
);

-- Who and what was erased, as hashes with a secret of this installation: what comes again is known and not stored.
-- `kind`: post, account, handle, customer, words (of so many `words` one after the other) or text (how one began).
CREATE TABLE erased_ids (
    digest VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL,
    words INTEGER NOT NULL,
    secret VARCHAR NOT NULL,
    erased_at TIMESTAMPTZ NOT NULL,
    for_ever BOOLEAN NOT NULL
);

-- Where backups were written, so that an erasure can name those that still hold what was erased.
CREATE TABLE backups (
    path VARCHAR NOT NULL,
    written_at TIMESTAMPTZ NOT NULL
);

-- What is kept locked of people who were erased, where a law asks for it: until `until`, as JSON that no page reads.
CREATE TABLE locked_people (
    lock_id VARCHAR PRIMARY KEY,
    locked_at TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ NOT NULL,
    held VARCHAR NOT NULL
);
