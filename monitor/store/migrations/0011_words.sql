-- What a reply of ours has in common with others, as a hash: one that is everywhere the same is automatic.
CREATE TABLE reply_series (
    mention_id BIGINT PRIMARY KEY,
    series VARCHAR NOT NULL
);

-- The network's own id of a case's customer, who may get another handle; NULL where the network gives none.
ALTER TABLE cases ADD COLUMN author_id VARCHAR;
UPDATE cases SET author_id = m.author_id
FROM case_events e, mentions m
WHERE e.case_id = cases.case_id AND e.kind = 'opened' AND m.mention_id = e.mention_id
    AND cases.author IS NOT NULL AND lower(m.author) = lower(cases.author);
