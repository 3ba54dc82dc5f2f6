-- A guardian's free choice of a project for a pupil (二.2). One that stands per person and project: the index decides,
-- whatever the race. `filing_id` and `notice_id` are what the guardian had been told when it chose.
CREATE TABLE enrollments (
    id UUID NOT NULL PRIMARY KEY,
    student_id UUID NOT NULL REFERENCES students (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    school_id UUID NOT NULL REFERENCES schools (id),
    plan_id UUID NOT NULL REFERENCES plans (id),
    project_id UUID NOT NULL REFERENCES projects (id),
    school_year TEXT NOT NULL,
    season TEXT NOT NULL,
    state TEXT NOT NULL,
    source TEXT NOT NULL,
    entered_by_id UUID REFERENCES users (id),
    notice_id UUID NOT NULL REFERENCES notices (id),
    filing_id UUID NOT NULL REFERENCES filings (id),
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (source <> 'paper' OR entered_by_id IS NOT NULL)
);
CREATE UNIQUE INDEX enrollments_standing ON enrollments (person_id, project_id)
    WHERE state NOT IN ('withdrawn', 'declined');
CREATE INDEX enrollments_student ON enrollments (student_id);
CREATE INDEX enrollments_person ON enrollments (person_id, school_year, season);
CREATE INDEX enrollments_school ON enrollments (school_id, id);
CREATE INDEX enrollments_plan ON enrollments (plan_id, id);
CREATE INDEX enrollments_project ON enrollments (project_id, state, created_at, id);
CREATE INDEX enrollments_entered_by ON enrollments (entered_by_id);
CREATE INDEX enrollments_notice ON enrollments (notice_id);
CREATE INDEX enrollments_filing ON enrollments (filing_id);

-- Seats of a project, apart from its version: NULL is no limit. Taken by a conditional update.
CREATE TABLE project_seats (
    project_id UUID NOT NULL PRIMARY KEY REFERENCES projects (id),
    seats_max BIGINT CHECK (seats_max > 0),
    seats_taken BIGINT NOT NULL CHECK (seats_taken >= 0),
    CHECK (seats_max IS NULL OR seats_taken <= seats_max)
);
