-- expand
-- Who did what: a log that is only added to, chained by hashes as the events of the cases are. It holds ids and counts,
-- no text and no name of a customer.
CREATE SEQUENCE audit_ids;
CREATE TABLE audit_entries (
    entry_id BIGINT PRIMARY KEY,
    happened_at TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ,
    kind VARCHAR NOT NULL,
    actor VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    about VARCHAR NOT NULL,
    about_id VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    was VARCHAR NOT NULL,
    became VARCHAR NOT NULL,
    count BIGINT NOT NULL,
    outcome VARCHAR NOT NULL,
    hash VARCHAR NOT NULL
);

-- One row, once there is an entry: how many entries were ever written, the hash of the last, and of the last that was cut off as too old.
CREATE TABLE audit_chain (
    entries BIGINT NOT NULL,
    head VARCHAR NOT NULL,
    cut BIGINT NOT NULL,
    cut_head VARCHAR NOT NULL,
    cut_before TIMESTAMPTZ
);
