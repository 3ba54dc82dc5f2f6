-- A person's membership of a school. One at a time is attended: the index decides, whatever the race (三.1).
CREATE TABLE students (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    class_id UUID REFERENCES classes (id),
    name TEXT NOT NULL,
    grade INTEGER NOT NULL CHECK (grade BETWEEN 1 AND 9),
    entered_on DATE NOT NULL,
    left_on DATE,
    state TEXT NOT NULL,
    priority_groups JSONB NOT NULL,
    free_help JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK ((state = 'left') = (left_on IS NOT NULL)),
    CHECK (left_on >= entered_on)
);
CREATE UNIQUE INDEX students_attending ON students (person_id) WHERE state = 'attending';
CREATE INDEX students_person ON students (person_id);
CREATE INDEX students_school ON students (school_id, id);
CREATE INDEX students_class ON students (class_id);
