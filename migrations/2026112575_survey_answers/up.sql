-- What guardians answered for their children; `grade` is the child's when it was last answered. One that stands per
-- survey and person: the index decides, whatever the race.
CREATE TABLE survey_answers (
    id UUID NOT NULL PRIMARY KEY,
    survey_id UUID NOT NULL REFERENCES surveys (id),
    school_id UUID NOT NULL REFERENCES schools (id),
    student_id UUID NOT NULL REFERENCES students (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    grade INTEGER NOT NULL CHECK (grade BETWEEN 1 AND 9),
    answered_by_id UUID NOT NULL REFERENCES users (id),
    answers JSONB NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX survey_answers_standing ON survey_answers (survey_id, person_id) WHERE state = 'given';
CREATE INDEX survey_answers_survey ON survey_answers (survey_id, id);
CREATE INDEX survey_answers_school ON survey_answers (school_id, id);
CREATE INDEX survey_answers_student ON survey_answers (student_id);
CREATE INDEX survey_answers_person ON survey_answers (person_id, id);
CREATE INDEX survey_answers_answered_by ON survey_answers (answered_by_id);
