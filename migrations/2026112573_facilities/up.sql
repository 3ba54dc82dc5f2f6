-- The ledger of a school's resources 工作台帐 (五.1). A row is retired, never deleted; one in use per kind and name.
CREATE TABLE facilities (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    capacity INTEGER CHECK (capacity > 0),
    quantity INTEGER CHECK (quantity > 0),
    place TEXT,
    manager_name TEXT NOT NULL,
    usable_weekdays JSONB NOT NULL,
    usable_note TEXT,
    state TEXT NOT NULL,
    in_use_on DATE NOT NULL,
    retired_on DATE,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK ((state = 'retired') = (retired_on IS NOT NULL)),
    CHECK (retired_on IS NULL OR retired_on >= in_use_on)
);
CREATE UNIQUE INDEX facilities_in_use ON facilities (school_id, kind, name) WHERE state = 'in_use';
CREATE INDEX facilities_school ON facilities (school_id, id);
