-- What pages count over months, and the few among the many: without these a server reads whole tables. Nothing is dropped
-- here: that would keep readers out until all of them are made.
CREATE INDEX matches_by_time ON matches (posted_at) INCLUDE (mention_id, brand, network);
CREATE INDEX mentions_reposts ON mentions (posted_at) INCLUDE (mention_id) WHERE is_repost;
CREATE INDEX mentions_by_handle ON mentions (lower(ltrim(author, '@')));
CREATE INDEX classifications_offered ON classifications (mention_id)
    INCLUDE (posted_at, decision, p_complaint, p_negative) WHERE current AND decision IN ('complaint', 'unsure');
CREATE INDEX case_events_ended ON case_events (case_id) WHERE stage IN ('closed', 'dismissed', 'reopened');
CREATE INDEX case_events_heard ON case_events (case_id)
    WHERE kind IN ('post', 'contact', 'edited', 'reread', 'merged');

-- A server puts the body of a function into the statement, in place of a call for each row, where all that it does is as
-- immutable as it says: reading a moment with its zone is not, the same moment in a named zone is.
CREATE OR REPLACE FUNCTION epoch_us(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (extract(epoch FROM at AT TIME ZONE 'UTC') * 1000000)::bigint;
CREATE OR REPLACE FUNCTION epoch(at timestamptz) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN extract(epoch FROM at AT TIME ZONE 'UTC')::double precision;
