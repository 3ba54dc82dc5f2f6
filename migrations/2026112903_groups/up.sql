-- Groups 服务小组 (五.4): who of a project meets together, with whom and where; and from when to when each pupil is in one.
CREATE TABLE service_groups (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    plan_id UUID NOT NULL REFERENCES plans (id),
    project_id UUID NOT NULL REFERENCES projects (id),
    filing_id UUID NOT NULL REFERENCES filings (id),
    name TEXT NOT NULL,
    slots JSONB NOT NULL,
    leader_id UUID REFERENCES staff_members (id),
    assistant_ids JSONB NOT NULL,
    venue_id UUID REFERENCES facilities (id),
    state TEXT NOT NULL,
    from_on DATE,
    dissolved_on DATE,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (state <> 'confirmed' OR (leader_id IS NOT NULL AND venue_id IS NOT NULL AND from_on IS NOT NULL)),
    CHECK ((state = 'dissolved') = (dissolved_on IS NOT NULL))
);
CREATE UNIQUE INDEX service_groups_name ON service_groups (project_id, name) WHERE state <> 'dissolved';
CREATE INDEX service_groups_school ON service_groups (school_id, id);
CREATE INDEX service_groups_plan ON service_groups (plan_id);
CREATE INDEX service_groups_filing ON service_groups (filing_id);
CREATE INDEX service_groups_leader ON service_groups (leader_id);
CREATE INDEX service_groups_venue ON service_groups (venue_id);

CREATE TABLE group_members (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    group_id UUID NOT NULL REFERENCES service_groups (id),
    enrollment_id UUID NOT NULL REFERENCES enrollments (id),
    student_id UUID NOT NULL REFERENCES students (id),
    from_on DATE NOT NULL,
    to_on DATE,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (to_on IS NULL OR to_on >= from_on)
);
CREATE UNIQUE INDEX group_members_standing ON group_members (group_id, enrollment_id) WHERE to_on IS NULL;
CREATE INDEX group_members_group ON group_members (group_id, from_on);
CREATE INDEX group_members_enrollment ON group_members (enrollment_id);
CREATE INDEX group_members_student ON group_members (student_id, from_on);
CREATE INDEX group_members_school ON group_members (school_id);
