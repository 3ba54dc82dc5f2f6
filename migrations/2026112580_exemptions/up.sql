-- 特殊情况核准 (三.2, 五.2): an authority's permission that turns the error of one rule into a warning, for a school and a term, on
-- the days from `first_on` to `last_on`; asked for by the school, or given by the authority of its own motion.
CREATE TABLE exemptions (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    school_year TEXT NOT NULL,
    season TEXT NOT NULL,
    rule TEXT NOT NULL,
    project TEXT,
    weekday INTEGER CHECK (weekday BETWEEN 1 AND 7),
    first_on DATE NOT NULL,
    last_on DATE NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    requested_by_id UUID REFERENCES users (id),
    decided_by_id UUID REFERENCES users (id),
    decided_on DATE,
    document TEXT,
    remark TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (first_on <= last_on),
    CHECK (state = 'requested' OR (decided_by_id IS NOT NULL AND decided_on IS NOT NULL)),
    CHECK (state <> 'granted' OR document IS NOT NULL)
);
CREATE INDEX exemptions_school ON exemptions (school_id, school_year, season);
CREATE INDEX exemptions_requested_by ON exemptions (requested_by_id);
CREATE INDEX exemptions_decided_by ON exemptions (decided_by_id);
