-- Safety and hygiene education that was held (六.3).
CREATE TABLE safety_education_records (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    held_on DATE NOT NULL,
    topic TEXT NOT NULL,
    headcount BIGINT NOT NULL CHECK (headcount > 0),
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX safety_education_records_school ON safety_education_records (school_id, id);
