-- Who serves after school at a school: its own staff, external staff, volunteers (四.1, 四.2). ID number and telephone are
-- sealed; by the keyed hash a school has one active record of a person.
CREATE TABLE staff_members (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    id_number_sealed TEXT,
    id_number_hash TEXT,
    phone_sealed TEXT,
    subject TEXT,
    state TEXT NOT NULL,
    entered_on DATE NOT NULL,
    left_on DATE,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK ((id_number_sealed IS NULL) = (id_number_hash IS NULL)),
    CHECK ((state = 'left') = (left_on IS NOT NULL)),
    CHECK (left_on >= entered_on)
);
CREATE INDEX staff_members_school ON staff_members (school_id, id);
CREATE UNIQUE INDEX staff_members_active ON staff_members (school_id, id_number_hash) WHERE state = 'active';
