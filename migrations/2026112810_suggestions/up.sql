-- A teacher advises a pupil, or a class that it teaches, on a project, and a school invites to one (五.3): advice, never an
-- enrollment. Neither pupil nor class is the whole school.
CREATE TABLE suggestions (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    plan_id UUID NOT NULL REFERENCES plans (id),
    project_id UUID NOT NULL REFERENCES projects (id),
    class_id UUID REFERENCES classes (id),
    student_id UUID REFERENCES students (id),
    note TEXT NOT NULL,
    pupils BIGINT NOT NULL CHECK (pupils > 0),
    suggested_on DATE NOT NULL,
    suggested_by_id UUID NOT NULL REFERENCES users (id),
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (class_id IS NULL OR student_id IS NULL)
);
CREATE UNIQUE INDEX suggestions_standing
    ON suggestions (project_id, suggested_by_id, COALESCE(student_id, class_id, school_id)) WHERE state = 'standing';
CREATE INDEX suggestions_school ON suggestions (school_id, id);
CREATE INDEX suggestions_plan ON suggestions (plan_id);
CREATE INDEX suggestions_project ON suggestions (project_id);
CREATE INDEX suggestions_class ON suggestions (class_id);
CREATE INDEX suggestions_student ON suggestions (student_id);
CREATE INDEX suggestions_suggested_by ON suggestions (suggested_by_id, id);
