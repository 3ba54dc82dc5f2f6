-- Background work, planned in the transaction that causes it.
CREATE TABLE jobs (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    pool TEXT NOT NULL,
    unique_key TEXT NOT NULL,
    payload JSONB NOT NULL,
    state TEXT NOT NULL,
    not_before TIMESTAMPTZ NOT NULL,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    tries_max INTEGER NOT NULL CHECK (tries_max > 0),
    lease_id UUID,
    lease_until TIMESTAMPTZ,
    last_error TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX jobs_unique_key ON jobs (kind, unique_key);
CREATE INDEX jobs_due ON jobs (pool, not_before) WHERE state = 'waiting';
CREATE INDEX jobs_leased ON jobs (pool, lease_until) WHERE state = 'running';
CREATE INDEX jobs_state ON jobs (state, id);
