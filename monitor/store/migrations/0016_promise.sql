-- Posts put aside that people are shown all the same, drawn at random: what is hidden would never be judged.
CREATE TABLE review_sample (
    mention_id BIGINT PRIMARY KEY,
    drawn_at TIMESTAMPTZ NOT NULL
);

-- The languages whose thresholds a version has from the team's own decisions, with what they rest on; '' for none.
ALTER TABLE versions ADD COLUMN thresholds VARCHAR DEFAULT '';
