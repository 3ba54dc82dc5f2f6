-- The tree that access hangs on: authorities, and the schools and partners below them. `path` is made of ids from the
-- root down, each followed by '/', so that a subtree is one range of it.
CREATE TABLE organisations (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    parent_id UUID REFERENCES organisations (id),
    path TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX organisations_kind_code ON organisations (kind, code);
CREATE UNIQUE INDEX organisations_path ON organisations (path);
CREATE INDEX organisations_parent ON organisations (parent_id);

-- Accounts: people and machines. The secret is a password or a client secret, kept as an Argon2id hash.
CREATE TABLE users (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    username TEXT NOT NULL,
    display_name TEXT NOT NULL,
    organisation_id UUID REFERENCES organisations (id),
    state TEXT NOT NULL,
    secret_hash TEXT,
    secret_change_due BOOLEAN NOT NULL,
    cut_off_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX users_username ON users (username);
CREATE INDEX users_organisation ON users (organisation_id);
CREATE INDEX users_cut_off ON users (cut_off_at);

-- What an account may act as, where, and from when to when, both days included (四.1: temporary staff are normal).
CREATE TABLE role_grants (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    organisation_id UUID REFERENCES organisations (id),
    starts_on DATE NOT NULL,
    ends_on DATE,
    ended_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (ends_on IS NULL OR ends_on >= starts_on)
);
CREATE INDEX role_grants_user ON role_grants (user_id, starts_on);
CREATE INDEX role_grants_organisation ON role_grants (organisation_id);

-- A sign-in: one family of refresh tokens.
CREATE TABLE sessions (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    role_grant_id UUID NOT NULL REFERENCES role_grants (id),
    opened_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_role_grant ON sessions (role_grant_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    token_hash TEXT NOT NULL PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES sessions (id),
    issued_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

-- Wrong passwords, counted by a keyed hash of the name, whether or not it exists.
CREATE TABLE sign_in_tries (
    name_hash TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL CHECK (failures >= 0),
    blocked_until TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sign_in_tries_updated_at ON sign_in_tries (updated_at);

-- Keys that sign access tokens, sealed under the master key, so that replicas share them.
CREATE TABLE signing_keys (
    number INTEGER NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL,
    public_key TEXT NOT NULL,
    sealed_seed TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX signing_keys_key_id ON signing_keys (key_id);
