-- Venues are checked, and what is dangerous in them is removed (六.3): of each check what was looked at, and until when it
-- holds; of each hazard when it was found and how it was removed.
CREATE TABLE venue_checks (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    facility_id UUID NOT NULL REFERENCES facilities (id),
    checked_on DATE NOT NULL,
    valid_until_on DATE NOT NULL,
    aspects JSONB NOT NULL,
    outcome TEXT NOT NULL,
    checked_by_id UUID NOT NULL REFERENCES staff_members (id),
    note TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (checked_on <= valid_until_on)
);
CREATE INDEX venue_checks_facility ON venue_checks (facility_id, checked_on);
CREATE INDEX venue_checks_school ON venue_checks (school_id, id);
CREATE INDEX venue_checks_checked_by ON venue_checks (checked_by_id);

CREATE TABLE hazards (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    facility_id UUID NOT NULL REFERENCES facilities (id),
    aspect TEXT NOT NULL,
    is_serious BOOLEAN NOT NULL,
    description TEXT NOT NULL,
    found_on DATE NOT NULL,
    state TEXT NOT NULL,
    cleared_on DATE,
    clearance TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK ((state = 'cleared') = (cleared_on IS NOT NULL)),
    CHECK ((state = 'cleared') = (clearance IS NOT NULL)),
    CHECK (cleared_on IS NULL OR cleared_on >= found_on)
);
CREATE INDEX hazards_facility ON hazards (facility_id, state);
CREATE INDEX hazards_school ON hazards (school_id, id);
