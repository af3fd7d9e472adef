-- Who does a piece of work at the moment, so that two never do the same at once and a dead one stops nobody. The row
-- stays: `holder` is empty while nobody has it, `finished_at` is when the work last came to its end.
CREATE TABLE leases (
    name VARCHAR PRIMARY KEY,
    holder VARCHAR NOT NULL,
    host VARCHAR NOT NULL,
    pid INTEGER NOT NULL,
    process_mark VARCHAR NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    renewed_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    longest_until TIMESTAMPTZ,
    finished_at TIMESTAMPTZ
);
