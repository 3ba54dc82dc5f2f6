-- Sessions: one meeting of a group on one date (六.1), and who of the staff serves at it. Times of the day are minutes since
-- midnight.
CREATE TABLE service_sessions (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    plan_id UUID NOT NULL REFERENCES plans (id),
    project_id UUID NOT NULL REFERENCES projects (id),
    group_id UUID NOT NULL REFERENCES service_groups (id),
    held_on DATE NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    lessons INTEGER NOT NULL,
    leader_id UUID NOT NULL REFERENCES staff_members (id),
    venue_id UUID NOT NULL REFERENCES facilities (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    moved_from_on DATE,
    reason TEXT,
    began_at INTEGER,
    ended_at INTEGER,
    form TEXT,
    content TEXT,
    findings JSONB NOT NULL,
    pay_held BOOLEAN NOT NULL,
    corrections JSONB NOT NULL,
    closed_on DATE,
    closed_by_id UUID REFERENCES users (id),
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK (began_at IS NULL OR ended_at IS NULL OR began_at < ended_at),
    CHECK (state <> 'closed' OR (began_at IS NOT NULL AND ended_at IS NOT NULL)),
    CHECK (state <> 'closed' OR (form IS NOT NULL AND content IS NOT NULL AND closed_by_id IS NOT NULL)),
    CHECK (state <> 'cancelled' OR reason IS NOT NULL),
    CHECK ((state = 'closed') = (closed_on IS NOT NULL))
);
CREATE UNIQUE INDEX service_sessions_meeting ON service_sessions (group_id, held_on, starts_at) WHERE state <> 'cancelled';
CREATE INDEX service_sessions_group ON service_sessions (group_id, held_on);
CREATE INDEX service_sessions_school ON service_sessions (school_id, held_on, id);
CREATE INDEX service_sessions_plan ON service_sessions (plan_id);
CREATE INDEX service_sessions_project ON service_sessions (project_id, held_on);
CREATE INDEX service_sessions_leader ON service_sessions (leader_id);
CREATE INDEX service_sessions_venue ON service_sessions (venue_id, held_on);
CREATE INDEX service_sessions_closed_by ON service_sessions (closed_by_id);

CREATE TABLE session_staff (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    session_id UUID NOT NULL REFERENCES service_sessions (id),
    staff_member_id UUID NOT NULL REFERENCES staff_members (id),
    held_on DATE NOT NULL,
    duty TEXT NOT NULL,
    state TEXT NOT NULL,
    minutes INTEGER,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (state <> 'served' OR minutes IS NOT NULL)
);
CREATE UNIQUE INDEX session_staff_once ON session_staff (session_id, staff_member_id);
CREATE INDEX session_staff_member ON session_staff (staff_member_id, held_on);
CREATE INDEX session_staff_school ON session_staff (school_id);
