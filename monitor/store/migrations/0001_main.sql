-- No foreign keys and no secondary indexes: with them DuckDB cannot alter tables or update referenced rows.
CREATE SEQUENCE mention_ids;
CREATE SEQUENCE run_ids;
CREATE SEQUENCE case_ids;
CREATE SEQUENCE event_ids;
CREATE SEQUENCE export_ids;

CREATE TABLE mentions (
    mention_id BIGINT NOT NULL,
    network VARCHAR NOT NULL,
    post_id VARCHAR NOT NULL,
    author VARCHAR,
    author_id VARCHAR,
    author_name VARCHAR,
    text VARCHAR NOT NULL,
    text_key UBIGINT NOT NULL,
    language VARCHAR,
    posted_at TIMESTAMPTZ NOT NULL,
    permalink VARCHAR,
    thread_id VARCHAR NOT NULL,
    in_reply_to VARCHAR,
    is_repost BOOLEAN NOT NULL,
    likes INTEGER,
    replies INTEGER,
    reposts INTEGER,
    sample BOOLEAN NOT NULL,
    stored_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (network, post_id)
);

-- The answer as received; a later version of the same post is another row.
CREATE TABLE posts (
    mention_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    raw VARCHAR NOT NULL
);

-- network and posted_at are repeated here so that counting by brand reads no text and prunes by time.
CREATE TABLE matches (
    mention_id BIGINT NOT NULL,
    brand VARCHAR NOT NULL,
    query VARCHAR NOT NULL,
    terms VARCHAR[] NOT NULL,
    network VARCHAR NOT NULL,
    posted_at TIMESTAMPTZ NOT NULL
);

-- The work still to do: `classify` or `open` (look for its case). A row goes with the write that does the work.
CREATE TABLE pending (
    step VARCHAR NOT NULL,
    mention_id BIGINT NOT NULL
);

-- History: a newer model adds a row and takes `current` from the older one.
CREATE TABLE classifications (
    mention_id BIGINT NOT NULL,
    posted_at TIMESTAMPTZ NOT NULL,
    text_key UBIGINT NOT NULL,
    model VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    p_negative FLOAT NOT NULL,
    p_neutral FLOAT NOT NULL,
    p_positive FLOAT NOT NULL,
    p_complaint FLOAT NOT NULL,
    sentiment VARCHAR NOT NULL,
    decision VARCHAR NOT NULL,
    current BOOLEAN NOT NULL,
    classified_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE corrections (
    mention_id BIGINT NOT NULL,
    actor VARCHAR NOT NULL,
    corrected_at TIMESTAMPTZ NOT NULL,
    sentiment VARCHAR,
    complaint BOOLEAN
);

CREATE TABLE watermarks (
    network VARCHAR NOT NULL,
    query VARCHAR NOT NULL,
    position VARCHAR NOT NULL,
    moved_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (network, query)
);

CREATE TABLE runs (
    run_id BIGINT PRIMARY KEY,
    step VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    status VARCHAR NOT NULL,
    asked BIGINT NOT NULL,
    stored BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    message VARCHAR NOT NULL,
    host VARCHAR NOT NULL,
    pid BIGINT NOT NULL
);

CREATE TABLE rejects (
    reject_key VARCHAR PRIMARY KEY,
    run_id BIGINT NOT NULL,
    network VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    raw VARCHAR NOT NULL,
    rejected_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE cases (
    case_id BIGINT PRIMARY KEY,
    code VARCHAR NOT NULL,
    brand VARCHAR NOT NULL,
    network VARCHAR NOT NULL,
    thread_id VARCHAR NOT NULL,
    author VARCHAR,
    language VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    opened_by VARCHAR NOT NULL,
    first_post_at TIMESTAMPTZ NOT NULL,
    last_post_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE case_mentions (
    case_id BIGINT NOT NULL,
    mention_id BIGINT NOT NULL,
    brand VARCHAR NOT NULL
);

-- Append-only.
CREATE TABLE case_events (
    event_id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL,
    happened_at TIMESTAMPTZ NOT NULL,
    actor VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    stage VARCHAR,
    mention_id BIGINT,
    note VARCHAR NOT NULL
);

CREATE TABLE exports (
    export_id BIGINT PRIMARY KEY,
    destination VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    delivered_at TIMESTAMPTZ,
    cases BIGINT NOT NULL,
    receipt VARCHAR
);

CREATE TABLE export_cases (
    export_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL
);

-- What holds now: the model's latest word unless a person said otherwise. A correction's fields count each for itself.
CREATE VIEW labels AS
SELECT
    c.mention_id, c.posted_at, c.model, c.language, c.p_negative, c.p_neutral, c.p_positive, c.p_complaint,
    c.classified_at, c.sentiment AS model_sentiment, c.decision AS model_decision,
    coalesce(k.sentiment, c.sentiment) AS sentiment,
    CASE WHEN k.complaint IS NULL THEN c.decision WHEN k.complaint THEN 'complaint' ELSE 'other' END AS decision,
    k.mention_id IS NOT NULL AS corrected
FROM classifications c
LEFT JOIN (
    SELECT
        mention_id,
        arg_max(sentiment, corrected_at) FILTER (sentiment IS NOT NULL) AS sentiment,
        arg_max(complaint, corrected_at) FILTER (complaint IS NOT NULL) AS complaint
    FROM corrections GROUP BY mention_id
) k ON k.mention_id = c.mention_id
WHERE c.current;
