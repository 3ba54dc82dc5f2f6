-- Who may fetch a child, named by a guardian, or forbidden by a document (六.3).
CREATE TABLE pickup_persons (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    student_id UUID NOT NULL REFERENCES students (id),
    kind TEXT NOT NULL,
    name_sealed TEXT NOT NULL,
    name_hash TEXT NOT NULL,
    phone_sealed TEXT,
    phone_hash TEXT,
    relation TEXT NOT NULL,
    document TEXT,
    from_on DATE NOT NULL,
    to_on DATE,
    entered_by_id UUID NOT NULL REFERENCES users (id),
    state TEXT NOT NULL,
    end_reason TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (to_on IS NULL OR to_on >= from_on),
    CHECK ((kind = 'forbidden') = (document IS NOT NULL)),
    CHECK ((state = 'ended') = (end_reason IS NOT NULL)),
    CHECK ((phone_sealed IS NULL) = (phone_hash IS NULL))
);
CREATE INDEX pickup_persons_student ON pickup_persons (student_id, state);
CREATE INDEX pickup_persons_school ON pickup_persons (school_id, id);
CREATE INDEX pickup_persons_entered_by ON pickup_persons (entered_by_id);

-- Leave that a guardian asks for: a range, answered day by day.
CREATE TABLE leave_requests (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    student_id UUID NOT NULL REFERENCES students (id),
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    reason TEXT NOT NULL,
    days JSONB NOT NULL,
    asked_by_id UUID NOT NULL REFERENCES users (id),
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (from_on <= to_on)
);
CREATE INDEX leave_requests_student ON leave_requests (student_id, from_on);
CREATE INDEX leave_requests_school ON leave_requests (school_id, id);
CREATE INDEX leave_requests_asked_by ON leave_requests (asked_by_id);
