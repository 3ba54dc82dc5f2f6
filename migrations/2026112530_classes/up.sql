-- Administrative classes 行政班 of a school in a school year. `roll_version` counts the changes of who is in the class.
CREATE TABLE classes (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    school_year TEXT NOT NULL,
    grade INTEGER NOT NULL CHECK (grade BETWEEN 1 AND 9),
    name TEXT NOT NULL,
    roll_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX classes_school_year_grade_name ON classes (school_id, school_year, grade, name);
