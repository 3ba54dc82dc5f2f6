-- Education authorities; their place in the tree, code and name stand in `organisations` under the same id.
CREATE TABLE authorities (
    id UUID NOT NULL PRIMARY KEY REFERENCES organisations (id),
    level TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
