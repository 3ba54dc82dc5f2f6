-- Schools; code, name and filing authority stand in `organisations` under the same id.
CREATE TABLE schools (
    id UUID NOT NULL PRIMARY KEY REFERENCES organisations (id),
    ownership TEXT NOT NULL,
    area TEXT NOT NULL,
    stages JSONB NOT NULL,
    grade_first INTEGER NOT NULL CHECK (grade_first BETWEEN 1 AND 9),
    grade_last INTEGER NOT NULL CHECK (grade_last BETWEEN grade_first AND 9),
    boarding BOOLEAN NOT NULL,
    dismissals JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
