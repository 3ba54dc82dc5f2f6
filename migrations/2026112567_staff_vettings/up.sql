-- Vettings of staff (六.3); rows are added, never changed.
CREATE TABLE staff_vettings (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    staff_member_id UUID NOT NULL REFERENCES staff_members (id),
    kind TEXT NOT NULL,
    checked_on DATE NOT NULL,
    valid_until_on DATE NOT NULL,
    outcome TEXT NOT NULL,
    document TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (valid_until_on >= checked_on)
);
CREATE INDEX staff_vettings_school ON staff_vettings (school_id, id);
CREATE INDEX staff_vettings_member ON staff_vettings (staff_member_id);
