-- Texts of complaints, as hashes, that later posts are compared with. One that many accounts have sent is a campaign:
-- it has an incident, and further copies open no case of their own. `ruling` is what a person decided; '' for nothing.
CREATE SEQUENCE campaign_ids;
CREATE TABLE campaigns (
    campaign_id BIGINT PRIMARY KEY,
    brand VARCHAR NOT NULL,
    words VARCHAR NOT NULL,
    numbers VARCHAR NOT NULL,
    critical BOOLEAN NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    incident_id BIGINT,
    ruling VARCHAR NOT NULL
);

-- Under what a text is found: a copy shares one of these.
CREATE TABLE campaign_keys (
    search_key BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL
);

-- The posts with that text. `held`: it has no case because the text is a campaign's.
CREATE TABLE campaign_posts (
    campaign_id BIGINT NOT NULL,
    mention_id BIGINT NOT NULL,
    author_key BIGINT NOT NULL,
    network VARCHAR NOT NULL,
    posted_at TIMESTAMPTZ NOT NULL,
    joined_at TIMESTAMPTZ NOT NULL,
    held BOOLEAN NOT NULL
);

-- Append-only: who decided what; `answer` is the one that was given to all.
CREATE TABLE campaign_decisions (
    campaign_id BIGINT NOT NULL,
    ruling VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL,
    answer VARCHAR NOT NULL
);
