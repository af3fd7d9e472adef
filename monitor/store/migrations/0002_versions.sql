-- Heads learned from corrections. `fingerprint` names the shipped heads that they started from: with others they do
-- not fit, whatever `base` (the name of those) says.
CREATE TABLE versions (
    version VARCHAR PRIMARY KEY,
    base VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    corrections BIGINT NOT NULL,
    heads VARCHAR NOT NULL,
    figures VARCHAR NOT NULL
);

-- Append-only: the last row of a fingerprint says which version is in force. It may name the shipped heads again.
CREATE SEQUENCE activation_ids;
CREATE TABLE activations (
    activation_id BIGINT PRIMARY KEY,
    fingerprint VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    activated_at TIMESTAMPTZ NOT NULL
);
