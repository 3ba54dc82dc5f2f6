-- The turn of a school year: the classes of a school and their pupils move on in one act, which can be undone as long as
-- nothing hangs on it.
CREATE TABLE year_turns (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    school_year TEXT NOT NULL,
    left_on DATE NOT NULL,
    promoted BIGINT NOT NULL,
    repeating BIGINT NOT NULL,
    leaving BIGINT NOT NULL,
    classes JSONB NOT NULL,
    turned_on DATE NOT NULL,
    turned_by_id UUID NOT NULL REFERENCES users (id),
    undone_on DATE,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK ((state = 'undone') = (undone_on IS NOT NULL))
);
CREATE UNIQUE INDEX year_turns_standing ON year_turns (school_id, school_year) WHERE state = 'turned';
CREATE INDEX year_turns_school ON year_turns (school_id, id);
CREATE INDEX year_turns_turned_by ON year_turns (turned_by_id);

-- Where each pupil was before, and the version that it has since.
CREATE TABLE pupil_moves (
    turn_id UUID NOT NULL REFERENCES year_turns (id),
    student_id UUID NOT NULL REFERENCES students (id),
    kind TEXT NOT NULL,
    class_id UUID REFERENCES classes (id),
    grade INTEGER NOT NULL,
    version BIGINT NOT NULL,
    ended BOOLEAN NOT NULL,
    PRIMARY KEY (turn_id, student_id)
);
CREATE INDEX pupil_moves_student ON pupil_moves (student_id);
CREATE INDEX pupil_moves_class ON pupil_moves (class_id);
