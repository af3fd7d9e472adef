-- Escucha's tables as the migrations up to 0016 leave them in a DuckDB file (`tests/store/postgres` compares them), with
-- what PostgreSQL needs beside: functions that DuckDB has, and indexes, which a DuckDB file does without.

-- What the one SQL text of the repositories calls, with DuckDB's meaning.
CREATE FUNCTION epoch_us(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (extract(epoch FROM at) * 1000000)::bigint;
CREATE FUNCTION epoch(at timestamptz) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN extract(epoch FROM at)::double precision;
CREATE FUNCTION epoch(span interval) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN extract(epoch FROM span)::double precision;
CREATE FUNCTION strlen(value text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN octet_length(value);
CREATE FUNCTION len(value text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN length(value);
CREATE FUNCTION len(elements anyarray) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT cardinality(elements)::bigint';
CREATE FUNCTION contains(value text, part text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN strpos(value, part) > 0;
CREATE FUNCTION string_split(value text, separator text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN string_to_array(value, separator);
CREATE FUNCTION regexp_full_match(value text, pattern text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN value ~ ('^(?:' || pattern || ')$');
CREATE FUNCTION regexp_matches_any(value text, pattern text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN value ~ pattern;
CREATE FUNCTION strip_accents(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN normalize(regexp_replace(normalize(value, NFD), '[\u0300-\u036f]', '', 'g'), NFC);
-- The lower half of the MD5 of a text, its bytes from the last to the first, as a number without sign.
CREATE FUNCTION md5_number_lower(value text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT CASE WHEN number < 0 THEN number + 18446744073709551616 ELSE number END
            FROM (SELECT ('x' || regexp_replace(right(md5(value), 16), '(..)(..)(..)(..)(..)(..)(..)(..)',
                                                '\8\7\6\5\4\3\2\1'))::bit(64)::bigint::numeric AS number) halves);
CREATE FUNCTION sha256(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN encode(sha256(convert_to(value, 'UTF8')), 'hex');
-- Division of whole numbers, where `/` gives a fraction in DuckDB. It binds less than + and -: to be written in ().
CREATE OPERATOR // (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = int8div);
CREATE OPERATOR // (LEFTARG = bigint, RIGHTARG = integer, FUNCTION = int84div);
CREATE OPERATOR // (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4div);

CREATE SEQUENCE action_ids;
CREATE SEQUENCE activation_ids;
CREATE SEQUENCE answer_ids;
CREATE SEQUENCE campaign_ids;
CREATE SEQUENCE case_ids;
CREATE SEQUENCE event_ids;
CREATE SEQUENCE export_ids;
CREATE SEQUENCE follow_up_ids;
CREATE SEQUENCE incident_ids;
CREATE SEQUENCE mention_ids;
CREATE SEQUENCE notice_ids;
CREATE SEQUENCE run_ids;
CREATE SEQUENCE survey_ids;
CREATE TABLE migrations (
    version integer NOT NULL,
    applied_at timestamptz,
    PRIMARY KEY (version)
);
CREATE TABLE mentions (
    mention_id bigint NOT NULL,
    network text NOT NULL,
    post_id text NOT NULL,
    author text,
    author_id text,
    author_name text,
    text text NOT NULL,
    text_key numeric(20) NOT NULL,
    language text,
    posted_at timestamptz NOT NULL,
    permalink text,
    thread_id text NOT NULL,
    in_reply_to text,
    is_repost boolean NOT NULL,
    likes integer,
    replies integer,
    reposts integer,
    sample boolean NOT NULL,
    stored_at timestamptz NOT NULL,
    quotes text,
    edited_at timestamptz,
    deleted_at timestamptz,
    checked_at timestamptz,
    PRIMARY KEY (network, post_id)
);
CREATE TABLE posts (
    mention_id bigint NOT NULL,
    run_id bigint NOT NULL,
    received_at timestamptz NOT NULL,
    raw text NOT NULL
);
CREATE TABLE matches (
    mention_id bigint NOT NULL,
    brand text NOT NULL,
    query text NOT NULL,
    terms text[] NOT NULL,
    network text NOT NULL,
    posted_at timestamptz NOT NULL
);
CREATE TABLE pending (
    step text NOT NULL,
    mention_id bigint NOT NULL
);
CREATE TABLE classifications (
    mention_id bigint NOT NULL,
    posted_at timestamptz NOT NULL,
    text_key numeric(20) NOT NULL,
    model text NOT NULL,
    language text NOT NULL,
    p_negative real NOT NULL,
    p_neutral real NOT NULL,
    p_positive real NOT NULL,
    p_complaint real NOT NULL,
    sentiment text NOT NULL,
    decision text NOT NULL,
    current boolean NOT NULL,
    classified_at timestamptz NOT NULL,
    p_about real,
    reason text,
    category text
);
CREATE TABLE corrections (
    mention_id bigint NOT NULL,
    actor text NOT NULL,
    corrected_at timestamptz NOT NULL,
    sentiment text,
    complaint boolean
);
CREATE TABLE watermarks (
    network text NOT NULL,
    query text NOT NULL,
    position text NOT NULL,
    moved_at timestamptz NOT NULL,
    PRIMARY KEY (network, query)
);
CREATE TABLE runs (
    run_id bigint NOT NULL,
    step text NOT NULL,
    subject text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    status text NOT NULL,
    asked bigint NOT NULL,
    stored bigint NOT NULL,
    duplicates bigint NOT NULL,
    rejected bigint NOT NULL,
    message text NOT NULL,
    host text NOT NULL,
    pid bigint NOT NULL,
    PRIMARY KEY (run_id)
);
CREATE TABLE rejects (
    reject_key text NOT NULL,
    run_id bigint NOT NULL,
    network text NOT NULL,
    place text NOT NULL,
    reason text NOT NULL,
    raw text NOT NULL,
    rejected_at timestamptz NOT NULL,
    PRIMARY KEY (reject_key)
);
CREATE TABLE cases (
    case_id bigint NOT NULL,
    code text NOT NULL,
    brand text NOT NULL,
    network text NOT NULL,
    thread_id text NOT NULL,
    author text,
    language text NOT NULL,
    stage text NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    first_post_at timestamptz NOT NULL,
    last_post_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    version integer NOT NULL,
    channel text DEFAULT 'network',
    category text DEFAULT 'other',
    severity text DEFAULT 'moderate',
    remedy text,
    root_cause text DEFAULT '',
    decision text,
    owner text DEFAULT '',
    team text DEFAULT '',
    tags text DEFAULT '',
    service text DEFAULT 'proactive',
    complainant text DEFAULT 'direct',
    internal boolean DEFAULT false,
    cost double precision,
    agreement text,
    lost_reason text,
    customer_id text,
    incident_id bigint,
    merged_into bigint,
    reach bigint DEFAULT 0,
    contacts integer DEFAULT 1,
    value text DEFAULT '',
    cue text DEFAULT '',
    base double precision DEFAULT 0,
    level text DEFAULT 'normal',
    asked_at timestamptz,
    paused_at timestamptz,
    first_due_at timestamptz,
    first_answered_at timestamptz,
    first_minutes double precision,
    next_due_at timestamptz,
    next_breaches integer DEFAULT 0,
    resolve_due_at timestamptz,
    resolved_at timestamptz,
    resolve_minutes double precision,
    reopenings integer DEFAULT 0,
    due_at timestamptz,
    due_clock text,
    warn_at timestamptz,
    resolve_breaches integer DEFAULT 0,
    taken_at timestamptz,
    author_id text,
    PRIMARY KEY (case_id)
);
CREATE TABLE case_mentions (
    case_id bigint NOT NULL,
    mention_id bigint NOT NULL,
    brand text NOT NULL
);
CREATE TABLE case_events (
    event_id bigint NOT NULL,
    case_id bigint NOT NULL,
    happened_at timestamptz NOT NULL,
    actor text NOT NULL,
    kind text NOT NULL,
    stage text,
    mention_id bigint,
    note text NOT NULL,
    field text,
    was text,
    became text,
    undoes bigint,
    took_place_at timestamptz,
    hash text DEFAULT '',
    PRIMARY KEY (event_id)
);
CREATE TABLE exports (
    export_id bigint NOT NULL,
    destination text NOT NULL,
    place text NOT NULL,
    status text NOT NULL,
    created_at timestamptz NOT NULL,
    delivered_at timestamptz,
    cases bigint NOT NULL,
    receipt text,
    PRIMARY KEY (export_id)
);
CREATE TABLE export_cases (
    export_id bigint NOT NULL,
    case_id bigint NOT NULL
);
CREATE TABLE versions (
    version text NOT NULL,
    base text NOT NULL,
    fingerprint text NOT NULL,
    made_at timestamptz NOT NULL,
    corrections bigint NOT NULL,
    heads text NOT NULL,
    figures text NOT NULL,
    thresholds text DEFAULT '',
    PRIMARY KEY (version)
);
CREATE TABLE activations (
    activation_id bigint NOT NULL,
    fingerprint text NOT NULL,
    version text NOT NULL,
    activated_at timestamptz NOT NULL,
    PRIMARY KEY (activation_id)
);
CREATE TABLE edits (
    mention_id bigint NOT NULL,
    replaced_at timestamptz NOT NULL,
    text text NOT NULL
);
CREATE TABLE gaps (
    network text NOT NULL,
    query text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    reason text NOT NULL,
    run_id bigint NOT NULL,
    noticed_at timestamptz NOT NULL,
    PRIMARY KEY (network, query, since, until)
);
CREATE TABLE ledger (
    network text NOT NULL,
    day date NOT NULL,
    requests bigint NOT NULL,
    reads bigint NOT NULL,
    dollars double precision NOT NULL,
    PRIMARY KEY (network, day)
);
CREATE TABLE paid_resources (
    network text NOT NULL,
    day date NOT NULL,
    resource text NOT NULL,
    PRIMARY KEY (network, day, resource)
);
CREATE TABLE pauses (
    network text NOT NULL,
    until timestamptz NOT NULL,
    strikes integer NOT NULL,
    reason text NOT NULL,
    set_at timestamptz,
    PRIMARY KEY (network)
);
CREATE TABLE chain (
    events bigint NOT NULL,
    head text NOT NULL
);
CREATE TABLE customers (
    customer_id text NOT NULL,
    name text NOT NULL,
    lifetime_value double precision,
    purchases integer,
    last_purchase date,
    value text NOT NULL,
    imported_at timestamptz NOT NULL,
    PRIMARY KEY (customer_id)
);
CREATE TABLE handles (
    network text NOT NULL,
    handle text NOT NULL,
    customer_id text NOT NULL,
    status text NOT NULL,
    reason text NOT NULL,
    decided_by text,
    decided_at timestamptz,
    PRIMARY KEY (network, handle, customer_id)
);
CREATE TABLE incidents (
    incident_id bigint NOT NULL,
    code text NOT NULL,
    brand text NOT NULL,
    title text NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    PRIMARY KEY (incident_id)
);
CREATE TABLE answers (
    answer_id bigint NOT NULL,
    case_id bigint NOT NULL,
    template text NOT NULL,
    text text NOT NULL,
    sent_by text NOT NULL,
    sent_at timestamptz NOT NULL,
    event_id bigint NOT NULL,
    mention_id bigint,
    PRIMARY KEY (answer_id)
);
CREATE TABLE follow_ups (
    follow_up_id bigint NOT NULL,
    case_id bigint NOT NULL,
    closed_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    status text NOT NULL,
    planned_by text NOT NULL,
    done_at timestamptz,
    done_by text,
    channel text,
    outcome text,
    note text NOT NULL,
    PRIMARY KEY (follow_up_id)
);
CREATE TABLE surveys (
    survey_id bigint NOT NULL,
    case_id bigint NOT NULL,
    closed_at timestamptz NOT NULL,
    owner text NOT NULL,
    language text NOT NULL,
    asked_at timestamptz NOT NULL,
    asked_by text NOT NULL,
    expires_at timestamptz NOT NULL,
    answered_at timestamptz,
    satisfaction integer,
    recommend integer,
    comment text NOT NULL,
    source text,
    link_key text,
    PRIMARY KEY (survey_id)
);
CREATE TABLE corrective_actions (
    action_id bigint NOT NULL,
    root_cause text NOT NULL,
    title text NOT NULL,
    owner text NOT NULL,
    planned_at timestamptz NOT NULL,
    planned_by text NOT NULL,
    done_at timestamptz,
    note text NOT NULL,
    PRIMARY KEY (action_id)
);
CREATE TABLE saved_filters (
    person text NOT NULL,
    name text NOT NULL,
    filters text NOT NULL,
    PRIMARY KEY (person, name)
);
CREATE TABLE notices (
    notice_id bigint NOT NULL,
    person text NOT NULL,
    case_id bigint NOT NULL,
    event_id bigint NOT NULL,
    seen_at timestamptz,
    PRIMARY KEY (notice_id)
);
CREATE TABLE desk_marks (
    name text NOT NULL,
    mark text NOT NULL,
    PRIMARY KEY (name)
);
CREATE TABLE leases (
    name text NOT NULL,
    holder text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    process_mark text NOT NULL,
    since timestamptz NOT NULL,
    renewed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    longest_until timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (name)
);
CREATE TABLE recheck_ledger (
    network text NOT NULL,
    day date NOT NULL,
    requests bigint NOT NULL,
    reads bigint NOT NULL,
    dollars double precision NOT NULL,
    PRIMARY KEY (network, day)
);
CREATE TABLE absences (
    network text NOT NULL,
    post_id text NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    looks integer NOT NULL,
    PRIMARY KEY (network, post_id)
);
CREATE TABLE epochs (
    begun_at timestamptz NOT NULL,
    jumped boolean NOT NULL,
    version integer NOT NULL,
    last_case_id bigint NOT NULL,
    last_event_id bigint NOT NULL
);
CREATE TABLE campaigns (
    campaign_id bigint NOT NULL,
    brand text NOT NULL,
    words text NOT NULL,
    numbers text NOT NULL,
    critical boolean NOT NULL,
    last_at timestamptz NOT NULL,
    incident_id bigint,
    ruling text NOT NULL,
    forms text DEFAULT '',
    PRIMARY KEY (campaign_id)
);
CREATE TABLE campaign_keys (
    search_key bigint NOT NULL,
    campaign_id bigint NOT NULL
);
CREATE TABLE campaign_posts (
    campaign_id bigint NOT NULL,
    mention_id bigint NOT NULL,
    author_key bigint NOT NULL,
    network text NOT NULL,
    posted_at timestamptz NOT NULL,
    joined_at timestamptz NOT NULL,
    held boolean NOT NULL
);
CREATE TABLE campaign_decisions (
    campaign_id bigint NOT NULL,
    ruling text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    answer text NOT NULL
);
CREATE TABLE reply_series (
    mention_id bigint NOT NULL,
    series text NOT NULL,
    PRIMARY KEY (mention_id)
);
CREATE TABLE review_sample (
    mention_id bigint NOT NULL,
    drawn_at timestamptz NOT NULL,
    PRIMARY KEY (mention_id)
);

-- What holds now: the model's latest word unless a person said otherwise. A correction's fields count each for itself.
CREATE VIEW labels AS
SELECT
    c.mention_id, c.posted_at, c.model, c.language, c.p_negative, c.p_neutral, c.p_positive, c.p_complaint,
    c.classified_at, c.sentiment AS model_sentiment, c.decision AS model_decision,
    coalesce(k.sentiment, c.sentiment) AS sentiment,
    CASE WHEN k.complaint IS NULL THEN c.decision WHEN k.complaint THEN 'complaint' ELSE 'other' END AS decision,
    k.mention_id IS NOT NULL AS corrected,
    c.p_about,
    CASE WHEN k.complaint IS NULL THEN c.reason END AS reason,
    coalesce(c.category, '') AS category
FROM classifications c
LEFT JOIN (
    SELECT
        mention_id,
        (array_agg(sentiment ORDER BY corrected_at DESC) FILTER (WHERE sentiment IS NOT NULL))[1] AS sentiment,
        (array_agg(complaint ORDER BY corrected_at DESC) FILTER (WHERE complaint IS NOT NULL))[1] AS complaint
    FROM corrections GROUP BY mention_id
) k ON k.mention_id = c.mention_id
WHERE c.current;

INSERT INTO chain VALUES (0, '');

CREATE UNIQUE INDEX mentions_by_id ON mentions (mention_id);
CREATE INDEX mentions_by_thread ON mentions (network, thread_id);
CREATE INDEX mentions_by_author ON mentions (author, posted_at);
CREATE INDEX mentions_by_time ON mentions (posted_at);
CREATE INDEX posts_by_mention ON posts (mention_id);
CREATE INDEX posts_by_run ON posts (run_id);
CREATE INDEX matches_by_mention ON matches (mention_id);
CREATE INDEX matches_by_brand ON matches (brand, posted_at);
CREATE INDEX pending_by_step ON pending (step, mention_id);
CREATE INDEX classifications_by_mention ON classifications (mention_id);
CREATE INDEX classifications_by_text ON classifications (text_key);
CREATE INDEX classifications_by_time ON classifications (posted_at) WHERE current;
CREATE INDEX corrections_by_mention ON corrections (mention_id);
CREATE INDEX runs_by_step ON runs (step, subject, run_id);
CREATE INDEX edits_by_mention ON edits (mention_id);
CREATE INDEX cases_by_thread ON cases (network, thread_id);
CREATE INDEX case_mentions_by_case ON case_mentions (case_id);
CREATE INDEX case_mentions_by_mention ON case_mentions (mention_id);
CREATE INDEX case_events_by_case ON case_events (case_id);
CREATE INDEX campaign_keys_by_key ON campaign_keys (search_key);
CREATE INDEX campaign_posts_by_campaign ON campaign_posts (campaign_id);
CREATE INDEX campaign_posts_by_mention ON campaign_posts (mention_id);
