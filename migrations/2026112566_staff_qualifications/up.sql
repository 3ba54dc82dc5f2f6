-- What a member of staff is qualified for, and when that holds (四.1).
CREATE TABLE staff_qualifications (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    staff_member_id UUID NOT NULL REFERENCES staff_members (id),
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    issuer TEXT NOT NULL,
    valid_from_on DATE NOT NULL,
    valid_until_on DATE,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (valid_until_on >= valid_from_on)
);
CREATE INDEX staff_qualifications_school ON staff_qualifications (school_id, id);
CREATE INDEX staff_qualifications_member ON staff_qualifications (staff_member_id);
CREATE UNIQUE INDEX staff_qualifications_number ON staff_qualifications (staff_member_id, kind, number);
