-- Terms of an authority: when schools open, when they end, and when the winter timetable runs (三.2, 五.2).
CREATE TABLE terms (
    id UUID NOT NULL PRIMARY KEY,
    authority_id UUID NOT NULL REFERENCES authorities (id),
    school_year TEXT NOT NULL,
    season TEXT NOT NULL,
    opens_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    winter_periods JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (ends_on > opens_on)
);
CREATE UNIQUE INDEX terms_authority_season ON terms (authority_id, school_year, season);
