-- Questionnaires of a school about the service of a term (五.1): one that is not cancelled per school, year and season.
-- `asked` says how many pupils of each grade attended when it was closed.
CREATE TABLE surveys (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    school_year TEXT NOT NULL,
    season TEXT NOT NULL,
    title TEXT NOT NULL,
    opens_on DATE NOT NULL,
    closes_on DATE NOT NULL,
    questions JSONB NOT NULL,
    asked JSONB NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (closes_on >= opens_on)
);
CREATE UNIQUE INDEX surveys_standing ON surveys (school_id, school_year, season) WHERE state <> 'cancelled';
CREATE INDEX surveys_school ON surveys (school_id, id);
