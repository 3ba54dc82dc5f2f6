-- A project that too few have joined: its school cancels it, or joins it with another one, and offers its pupils a place
-- elsewhere on the same day.
CREATE TABLE project_closures (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id),
    plan_id UUID NOT NULL REFERENCES plans (id),
    school_id UUID NOT NULL REFERENCES schools (id),
    into_project_id UUID REFERENCES projects (id),
    reason TEXT NOT NULL,
    seats_min BIGINT NOT NULL,
    seats_taken BIGINT NOT NULL CHECK (seats_taken >= 0),
    pupils_offered BIGINT NOT NULL CHECK (pupils_offered >= 0),
    pupils_without BIGINT NOT NULL CHECK (pupils_without >= 0),
    closed_on DATE NOT NULL,
    closed_by_id UUID NOT NULL REFERENCES users (id),
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (seats_taken < seats_min),
    CHECK (into_project_id <> project_id)
);
CREATE UNIQUE INDEX project_closures_project ON project_closures (project_id);
CREATE INDEX project_closures_plan ON project_closures (plan_id);
CREATE INDEX project_closures_school ON project_closures (school_id, id);
CREATE INDEX project_closures_into ON project_closures (into_project_id);
CREATE INDEX project_closures_closed_by ON project_closures (closed_by_id);

-- Who chooses meanwhile finds no seat.
ALTER TABLE project_seats ADD COLUMN closed_on DATE;
