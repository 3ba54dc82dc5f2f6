-- Days on which an authority closes its schools. They take service days away and never move a deadline (五.2).
CREATE TABLE calendar_closures (
    id UUID NOT NULL PRIMARY KEY,
    authority_id UUID NOT NULL REFERENCES authorities (id),
    closed_on DATE NOT NULL,
    reason TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX calendar_closures_authority ON calendar_closures (authority_id, closed_on);
