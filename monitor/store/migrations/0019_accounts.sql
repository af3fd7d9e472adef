-- expand
-- Who may work here, and as what. `folded` is the name as names are compared.
CREATE TABLE accounts (
    folded VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    active BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL
);

-- The brands and teams ('brand', 'team') that an account is held to; none of a kind: all of them.
CREATE TABLE account_limits (
    folded VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    PRIMARY KEY (folded, kind, name)
);
