-- 家委会意见 (六.4): what a school's parents' committee said of a plan. Rows are added once.
CREATE TABLE committee_opinions (
    id UUID NOT NULL PRIMARY KEY,
    plan_id UUID NOT NULL REFERENCES plans (id),
    school_id UUID NOT NULL REFERENCES schools (id),
    held_on DATE NOT NULL,
    members_present BIGINT NOT NULL CHECK (members_present > 0),
    stance TEXT NOT NULL,
    opinion TEXT NOT NULL,
    recorded_by_id UUID NOT NULL REFERENCES users (id),
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX committee_opinions_plan ON committee_opinions (plan_id);
CREATE INDEX committee_opinions_school ON committee_opinions (school_id);
CREATE INDEX committee_opinions_recorded_by ON committee_opinions (recorded_by_id);

-- 精品课程 (五.5): a project that an authority holds up as an example. One mark of a project at a time.
CREATE TABLE quality_courses (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id),
    school_id UUID NOT NULL REFERENCES schools (id),
    state TEXT NOT NULL,
    document TEXT NOT NULL,
    marked_on DATE NOT NULL,
    ended_on DATE,
    end_reason TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (state <> 'ended' OR (ended_on IS NOT NULL AND end_reason IS NOT NULL))
);
CREATE UNIQUE INDEX quality_courses_marked ON quality_courses (project_id) WHERE state = 'marked';
CREATE INDEX quality_courses_project ON quality_courses (project_id);
CREATE INDEX quality_courses_school ON quality_courses (school_id);
