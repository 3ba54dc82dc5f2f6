-- A school's after-school service for one term. Facts of school and term stand in their own tables; `content` is what the
-- school itself writes. One plan that is not withdrawn per school, school year and season (五.2).
CREATE TABLE plans (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    school_year TEXT NOT NULL,
    season TEXT NOT NULL,
    state TEXT NOT NULL,
    content JSONB NOT NULL,
    first_submitted_on DATE,
    filings_count INTEGER NOT NULL CHECK (filings_count >= 0),
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX plans_school ON plans (school_id);
CREATE UNIQUE INDEX plans_one_a_term ON plans (school_id, school_year, season) WHERE state <> 'withdrawn';

-- Projects of a plan as they are written now. What was filed stands in the filing; a filed project is removed, never
-- deleted, because choices and charges refer to it.
CREATE TABLE projects (
    id UUID NOT NULL PRIMARY KEY,
    plan_id UUID NOT NULL REFERENCES plans (id),
    school_id UUID NOT NULL REFERENCES schools (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    offer JSONB NOT NULL,
    removed_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX projects_plan ON projects (plan_id, position);
CREATE INDEX projects_school ON projects (school_id);
CREATE UNIQUE INDEX projects_one_of_a_name ON projects (plan_id, name) WHERE removed_at IS NULL;

-- Last case number of an authority and a year; moves with the filing that takes it, so that no number is lost.
CREATE TABLE filing_series (
    authority_id UUID NOT NULL REFERENCES authorities (id),
    year INTEGER NOT NULL,
    last_number INTEGER NOT NULL CHECK (last_number > 0),
    PRIMARY KEY (authority_id, year)
);

-- What was submitted: canonical bytes with their hash, and what the rules said of them. Only state, due date, review and
-- steps change.
CREATE TABLE filings (
    id UUID NOT NULL PRIMARY KEY,
    plan_id UUID NOT NULL REFERENCES plans (id),
    school_id UUID NOT NULL REFERENCES schools (id),
    authority_id UUID NOT NULL REFERENCES authorities (id),
    ordinal INTEGER NOT NULL CHECK (ordinal > 0),
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    case_number TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    document TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    profile_code TEXT NOT NULL,
    profile_document TEXT NOT NULL,
    findings JSONB NOT NULL,
    not_judged JSONB NOT NULL,
    due_on DATE,
    review JSONB,
    steps JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX filings_of_plan ON filings (plan_id, ordinal);
CREATE INDEX filings_school ON filings (school_id);
CREATE UNIQUE INDEX filings_series ON filings (authority_id, year, number);
CREATE INDEX filings_state ON filings (state, due_on);
-- One filing in force: charging reads it, never a draft.
CREATE UNIQUE INDEX filings_in_force ON filings (plan_id) WHERE state = 'approved';

-- Which project is which in a filed document.
CREATE TABLE filing_projects (
    filing_id UUID NOT NULL REFERENCES filings (id),
    project_id UUID NOT NULL REFERENCES projects (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (filing_id, project_id)
);
CREATE INDEX filing_projects_project ON filing_projects (project_id);

-- What guardians are told (二.2), and of which filing.
CREATE TABLE notices (
    id UUID NOT NULL PRIMARY KEY,
    plan_id UUID NOT NULL REFERENCES plans (id),
    school_id UUID NOT NULL REFERENCES schools (id),
    filing_id UUID REFERENCES filings (id),
    state TEXT NOT NULL,
    items JSONB NOT NULL,
    published_on DATE,
    published_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX notices_plan ON notices (plan_id);
CREATE INDEX notices_school ON notices (school_id);
CREATE INDEX notices_filing ON notices (filing_id);
CREATE UNIQUE INDEX notices_one_published ON notices (plan_id) WHERE state = 'published';
