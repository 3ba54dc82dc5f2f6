-- What every write leaves. A row is written in the transaction of the write; the sealer gives it its place in the feed
-- and its link of the hash chain later, and nothing else ever changes it.
CREATE TABLE journal_entries (
    number INTEGER NOT NULL PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    action TEXT NOT NULL,
    resource TEXT NOT NULL,
    resource_id UUID NOT NULL,
    scope_path TEXT NOT NULL,
    user_id UUID,
    role TEXT NOT NULL,
    request_id TEXT NOT NULL,
    before_hash TEXT,
    after_hash TEXT,
    position BIGINT,
    chain_hash TEXT
);
CREATE UNIQUE INDEX journal_entries_position ON journal_entries (position);
CREATE INDEX journal_entries_unsealed ON journal_entries (number) WHERE position IS NULL;
CREATE INDEX journal_entries_resource ON journal_entries (resource_id, number);

-- The last sealed row; the only row of its table.
CREATE TABLE journal_heads (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    position BIGINT NOT NULL,
    chain_hash TEXT NOT NULL
);
INSERT INTO journal_heads (id, position, chain_hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- The first answer to a request that carried an Idempotency-Key, written in the transaction of its effect.
CREATE TABLE idempotency_keys (
    user_id UUID NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER,
    location TEXT,
    etag TEXT,
    body TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, idempotency_key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
