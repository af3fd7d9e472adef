-- expand
-- How accounts (by `folded`) say who they are. Of what people hold (links, sessions) hashes only are kept; `code_key` is
-- worth nothing without the secret beside the database, and `code_step` is the last code that was taken.
CREATE TABLE login_passwords (
    folded VARCHAR PRIMARY KEY,
    password_hash VARCHAR NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    code_key VARCHAR,
    code_step BIGINT
);

-- Who an account is at another login.
CREATE TABLE login_identities (
    identity VARCHAR PRIMARY KEY,
    folded VARCHAR NOT NULL
);

-- One-time links to set a password; '' as `folded`: to make the first administrator.
CREATE TABLE login_links (
    token_hash VARCHAR PRIMARY KEY,
    folded VARCHAR NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE login_sessions (
    token_hash VARCHAR PRIMARY KEY,
    folded VARCHAR NOT NULL,
    begun_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL
);

-- Failed logins of late, by a digest of whom or what they are counted for.
CREATE TABLE login_failures (
    subject VARCHAR PRIMARY KEY,
    failures INTEGER NOT NULL,
    until TIMESTAMPTZ NOT NULL
);
