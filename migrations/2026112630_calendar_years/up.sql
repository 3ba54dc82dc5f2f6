-- The State Council's notice of a year 节假日安排, as the platform's administrator enters it. It stands over what is built in.
CREATE TABLE calendar_years (
    id UUID NOT NULL PRIMARY KEY,
    year INTEGER NOT NULL,
    document TEXT NOT NULL,
    days JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX calendar_years_year ON calendar_years (year);
