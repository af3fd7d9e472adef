-- The last time that a backup took the place of the database, one row at most: `jumped` says that nobody knew which
-- numbers had gone out since. Every case was at `version` then, and no later case or event has one of these numbers.
CREATE TABLE epochs (
    begun_at TIMESTAMPTZ NOT NULL,
    jumped BOOLEAN NOT NULL,
    version INTEGER NOT NULL,
    last_case_id BIGINT NOT NULL,
    last_event_id BIGINT NOT NULL
);

-- Signed into the survey's link, so that no other survey ever answers to it; NULL: its link went out before there were.
ALTER TABLE surveys ADD COLUMN link_key VARCHAR;

-- What was deleted so far may stand in unused parts of the file still, which is to be written anew.
INSERT INTO desk_marks (name, mark)
SELECT 'erased', CAST(now() AS VARCHAR) WHERE EXISTS (SELECT 1 FROM mentions WHERE deleted_at IS NOT NULL);
