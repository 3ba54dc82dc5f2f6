-- Who teaches a class: a teacher sees the pupils of its own classes, and no others.
CREATE TABLE class_teachers (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    class_id UUID NOT NULL REFERENCES classes (id),
    user_id UUID NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    subject TEXT,
    starts_on DATE NOT NULL,
    ends_on DATE,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (ends_on >= starts_on),
    CHECK (state <> 'ended' OR ends_on IS NOT NULL)
);
CREATE UNIQUE INDEX class_teachers_standing ON class_teachers (class_id, user_id) WHERE state = 'standing';
CREATE INDEX class_teachers_class ON class_teachers (class_id);
CREATE INDEX class_teachers_user ON class_teachers (user_id, state);
CREATE INDEX class_teachers_school ON class_teachers (school_id, id);
