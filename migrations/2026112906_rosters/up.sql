-- Who was at a session, and how each pupil left (六.3). A session has one roster, whose row counts its marks and keeps a keyed
-- hash over them; it is what the journal tells of, so that a roster of 45 leaves one row there.
CREATE TABLE session_rosters (
    id UUID NOT NULL PRIMARY KEY REFERENCES service_sessions (id),
    school_id UUID NOT NULL REFERENCES schools (id),
    present INTEGER NOT NULL,
    late INTEGER NOT NULL,
    left_early INTEGER NOT NULL,
    on_leave INTEGER NOT NULL,
    absent INTEGER NOT NULL,
    departed INTEGER NOT NULL,
    marks_hash TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX session_rosters_school ON session_rosters (school_id);

CREATE TABLE attendances (
    session_id UUID NOT NULL REFERENCES service_sessions (id),
    student_id UUID NOT NULL REFERENCES students (id),
    school_id UUID NOT NULL REFERENCES schools (id),
    mark TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    device TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    marked_by_id UUID NOT NULL REFERENCES users (id),
    marked_at TIMESTAMPTZ NOT NULL,
    departure TEXT,
    departed_at INTEGER,
    pickup_person_id UUID REFERENCES pickup_persons (id),
    guardianship_id UUID REFERENCES guardianships (id),
    departure_note TEXT,
    departure_late BOOLEAN NOT NULL,
    departure_by_id UUID REFERENCES users (id),
    PRIMARY KEY (session_id, student_id),
    CHECK ((departure IS NULL) = (departed_at IS NULL)),
    CHECK ((departure IS NULL) = (departure_by_id IS NULL))
);
CREATE INDEX attendances_student ON attendances (student_id, session_id);
CREATE INDEX attendances_school ON attendances (school_id);
CREATE INDEX attendances_marked_by ON attendances (marked_by_id);
CREATE INDEX attendances_departure_by ON attendances (departure_by_id) WHERE departure_by_id IS NOT NULL;
CREATE INDEX attendances_pickup ON attendances (pickup_person_id) WHERE pickup_person_id IS NOT NULL;
CREATE INDEX attendances_guardianship ON attendances (guardianship_id) WHERE guardianship_id IS NOT NULL;

-- What was marked otherwise before, and what came too late to count: nothing that anybody has said is lost.
CREATE TABLE attendance_changes (
    id UUID NOT NULL PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES service_sessions (id),
    student_id UUID NOT NULL REFERENCES students (id),
    mark TEXT NOT NULL,
    departure TEXT,
    departed_at INTEGER,
    outcome TEXT NOT NULL,
    reason TEXT,
    made_at TIMESTAMPTZ NOT NULL,
    device TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    marked_by_id UUID NOT NULL REFERENCES users (id),
    marked_at TIMESTAMPTZ NOT NULL,
    kept_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX attendance_changes_once
    ON attendance_changes (session_id, student_id, device, sequence, made_at, mark, outcome);
CREATE INDEX attendance_changes_student ON attendance_changes (student_id);
CREATE INDEX attendance_changes_marked_by ON attendance_changes (marked_by_id);
