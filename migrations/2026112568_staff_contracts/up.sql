-- Labour contracts and service agreements of staff (四.1). What was signed runs to `ends_on`, or to `ended_on` where it was
-- ended before. Signed contracts of one person at one school never overlap: signing claims the person's rows first.
CREATE TABLE staff_contracts (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    staff_member_id UUID NOT NULL REFERENCES staff_members (id),
    follows_id UUID REFERENCES staff_contracts (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    hourly_rate_fen BIGINT NOT NULL CHECK (hourly_rate_fen >= 0),
    benefits TEXT,
    signed_on DATE,
    ended_on DATE,
    end_reason TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (ends_on >= starts_on),
    CHECK ((state = 'drafted') = (signed_on IS NULL)),
    CHECK ((state = 'ended') = (ended_on IS NOT NULL)),
    CHECK ((ended_on IS NULL) = (end_reason IS NULL)),
    CHECK (ended_on >= signed_on),
    CHECK (ended_on <= ends_on)
);
CREATE INDEX staff_contracts_school ON staff_contracts (school_id, id);
CREATE INDEX staff_contracts_member ON staff_contracts (staff_member_id);
CREATE UNIQUE INDEX staff_contracts_follows ON staff_contracts (follows_id);
