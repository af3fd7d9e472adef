-- The complaint desk. A case row holds what its events add up to, so that lists and clocks are read without them.
ALTER TABLE cases ADD COLUMN channel VARCHAR DEFAULT 'network';
ALTER TABLE cases ADD COLUMN category VARCHAR DEFAULT 'other';
ALTER TABLE cases ADD COLUMN severity VARCHAR DEFAULT 'moderate';
ALTER TABLE cases ADD COLUMN remedy VARCHAR;
ALTER TABLE cases ADD COLUMN root_cause VARCHAR DEFAULT '';
ALTER TABLE cases ADD COLUMN decision VARCHAR;
ALTER TABLE cases ADD COLUMN owner VARCHAR DEFAULT '';
ALTER TABLE cases ADD COLUMN team VARCHAR DEFAULT '';
ALTER TABLE cases ADD COLUMN tags VARCHAR DEFAULT '';
ALTER TABLE cases ADD COLUMN service VARCHAR DEFAULT 'proactive';
ALTER TABLE cases ADD COLUMN complainant VARCHAR DEFAULT 'direct';
ALTER TABLE cases ADD COLUMN internal BOOLEAN DEFAULT false;
ALTER TABLE cases ADD COLUMN cost DOUBLE;
ALTER TABLE cases ADD COLUMN agreement VARCHAR;
ALTER TABLE cases ADD COLUMN lost_reason VARCHAR;
ALTER TABLE cases ADD COLUMN customer_id VARCHAR;
ALTER TABLE cases ADD COLUMN incident_id BIGINT;
ALTER TABLE cases ADD COLUMN merged_into BIGINT;
ALTER TABLE cases ADD COLUMN reach BIGINT DEFAULT 0;
ALTER TABLE cases ADD COLUMN contacts INTEGER DEFAULT 1;
ALTER TABLE cases ADD COLUMN value VARCHAR DEFAULT '';
ALTER TABLE cases ADD COLUMN cue VARCHAR DEFAULT '';
ALTER TABLE cases ADD COLUMN base DOUBLE DEFAULT 0;
ALTER TABLE cases ADD COLUMN level VARCHAR DEFAULT 'normal';
ALTER TABLE cases ADD COLUMN asked_at TIMESTAMPTZ;
ALTER TABLE cases ADD COLUMN paused_at TIMESTAMPTZ;
ALTER TABLE cases ADD COLUMN first_due_at TIMESTAMPTZ;
ALTER TABLE cases ADD COLUMN first_answered_at TIMESTAMPTZ;
ALTER TABLE cases ADD COLUMN first_minutes DOUBLE;
ALTER TABLE cases ADD COLUMN next_due_at TIMESTAMPTZ;
ALTER TABLE cases ADD COLUMN next_breaches INTEGER DEFAULT 0;
ALTER TABLE cases ADD COLUMN resolve_due_at TIMESTAMPTZ;
ALTER TABLE cases ADD COLUMN resolved_at TIMESTAMPTZ;
ALTER TABLE cases ADD COLUMN resolve_minutes DOUBLE;
ALTER TABLE cases ADD COLUMN reopenings INTEGER DEFAULT 0;
ALTER TABLE cases ADD COLUMN due_at TIMESTAMPTZ;
ALTER TABLE cases ADD COLUMN due_clock VARCHAR;
ALTER TABLE cases ADD COLUMN warn_at TIMESTAMPTZ;

ALTER TABLE case_events ADD COLUMN field VARCHAR;
ALTER TABLE case_events ADD COLUMN was VARCHAR;
ALTER TABLE case_events ADD COLUMN became VARCHAR;
ALTER TABLE case_events ADD COLUMN undoes BIGINT;
ALTER TABLE case_events ADD COLUMN took_place_at TIMESTAMPTZ;
-- Of the event and of the hash before it, in the order of event_id: an edited or missing line breaks the chain.
ALTER TABLE case_events ADD COLUMN hash VARCHAR DEFAULT '';

-- One row: how many events there are and the hash of the last, so that lines cut off at the end are missed.
CREATE TABLE chain (
    events BIGINT NOT NULL,
    head VARCHAR NOT NULL
);
INSERT INTO chain VALUES (0, '');

CREATE SEQUENCE incident_ids;
CREATE SEQUENCE answer_ids;
CREATE SEQUENCE follow_up_ids;
CREATE SEQUENCE survey_ids;
CREATE SEQUENCE action_ids;
CREATE SEQUENCE notice_ids;

CREATE TABLE customers (
    customer_id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    lifetime_value DOUBLE,
    purchases INTEGER,
    last_purchase DATE,
    value VARCHAR NOT NULL,
    imported_at TIMESTAMPTZ NOT NULL
);

-- Which handle is which customer's. `status`: imported, suggested, confirmed or refused; the second waits for a person.
CREATE TABLE handles (
    network VARCHAR NOT NULL,
    handle VARCHAR NOT NULL,
    customer_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    decided_by VARCHAR,
    decided_at TIMESTAMPTZ,
    PRIMARY KEY (network, handle, customer_id)
);

-- The same thing told by many customers.
CREATE TABLE incidents (
    incident_id BIGINT PRIMARY KEY,
    code VARCHAR NOT NULL,
    brand VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    opened_by VARCHAR NOT NULL
);

-- Answers a person said to have posted; `mention_id` once the collector has seen the post.
CREATE TABLE answers (
    answer_id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL,
    template VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    sent_by VARCHAR NOT NULL,
    sent_at TIMESTAMPTZ NOT NULL,
    event_id BIGINT NOT NULL,
    mention_id BIGINT
);

-- Contacts after a closing (`closed_at`). `status`: planned, done, dropped by a person, cancelled with the closing.
CREATE TABLE follow_ups (
    follow_up_id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL,
    closed_at TIMESTAMPTZ NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    status VARCHAR NOT NULL,
    planned_by VARCHAR NOT NULL,
    done_at TIMESTAMPTZ,
    done_by VARCHAR,
    channel VARCHAR,
    outcome VARCHAR,
    note VARCHAR NOT NULL
);

-- One question per closure (`closed_at`). `owner` is whoever had the case when it was asked.
CREATE TABLE surveys (
    survey_id BIGINT PRIMARY KEY,
    case_id BIGINT NOT NULL,
    closed_at TIMESTAMPTZ NOT NULL,
    owner VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    asked_by VARCHAR NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    answered_at TIMESTAMPTZ,
    satisfaction INTEGER,
    recommend INTEGER,
    comment VARCHAR NOT NULL,
    source VARCHAR
);

-- What was done against a root cause.
CREATE TABLE corrective_actions (
    action_id BIGINT PRIMARY KEY,
    root_cause VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    owner VARCHAR NOT NULL,
    planned_at TIMESTAMPTZ NOT NULL,
    planned_by VARCHAR NOT NULL,
    done_at TIMESTAMPTZ,
    note VARCHAR NOT NULL
);

-- Searches that a person keeps under a name.
CREATE TABLE saved_filters (
    person VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    filters VARCHAR NOT NULL,
    PRIMARY KEY (person, name)
);

-- Notes that name a person.
CREATE TABLE notices (
    notice_id BIGINT PRIMARY KEY,
    person VARCHAR NOT NULL,
    case_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    seen_at TIMESTAMPTZ
);

-- Whose turn it is, by rule and group (round robin); and under which settings priorities and clocks were worked out.
CREATE TABLE desk_marks (
    name VARCHAR PRIMARY KEY,
    mark VARCHAR NOT NULL
);
