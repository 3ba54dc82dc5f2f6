-- Who answers for what in the safety of the service (六.3).
CREATE TABLE safety_duties (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    staff_member_id UUID NOT NULL REFERENCES staff_members (id),
    duty TEXT NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (to_on >= from_on)
);
CREATE INDEX safety_duties_school ON safety_duties (school_id, id);
CREATE INDEX safety_duties_member ON safety_duties (staff_member_id);
