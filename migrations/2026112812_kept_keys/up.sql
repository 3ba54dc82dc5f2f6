-- The working keys, once the master key was rotated: each sealed under it. Empty as long as they are derived from the first
-- one.
CREATE TABLE kept_keys (
    name TEXT NOT NULL PRIMARY KEY,
    sealed TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
