-- What a school pays for an hour of an item, from a day on until the next row of the same item (四.1, 五.2).
CREATE TABLE remuneration_standards (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    item TEXT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    document TEXT NOT NULL,
    starts_on DATE NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX remuneration_standards_school ON remuneration_standards (school_id, id);
CREATE UNIQUE INDEX remuneration_standards_day ON remuneration_standards (school_id, item, starts_on);
