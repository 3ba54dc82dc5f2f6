-- 方案变更 (五.4): another document for an approved plan, with its own review. What is in force is untouched until it is approved.
-- One of a plan at a time.
CREATE TABLE plan_amendments (
    id UUID NOT NULL PRIMARY KEY,
    plan_id UUID NOT NULL REFERENCES plans (id),
    school_id UUID NOT NULL REFERENCES schools (id),
    number INTEGER NOT NULL CHECK (number > 0),
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    content JSONB NOT NULL,
    offers JSONB NOT NULL,
    filing_id UUID REFERENCES filings (id),
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (state IN ('draft', 'withdrawn') OR filing_id IS NOT NULL)
);
CREATE UNIQUE INDEX plan_amendments_number ON plan_amendments (plan_id, number);
CREATE UNIQUE INDEX plan_amendments_open ON plan_amendments (plan_id)
    WHERE state IN ('draft', 'submitted', 'returned');
CREATE INDEX plan_amendments_school ON plan_amendments (school_id);
CREATE INDEX plan_amendments_filing ON plan_amendments (filing_id);

-- Which submission a plan stands on: its latest, until an amendment is approved, then that one's.
ALTER TABLE plans ADD COLUMN filing_ordinal INTEGER NOT NULL DEFAULT 0;
UPDATE plans SET filing_ordinal = filings_count;

-- The amendment that a filing submits; none for the plan itself.
ALTER TABLE filings ADD COLUMN amendment_id UUID REFERENCES plan_amendments (id);
CREATE INDEX filings_amendment ON filings (amendment_id);

-- Guardians sign again when the terms change, so an enrollment may have several agreements, one of them in force. Rows are
-- added once, and superseded once.
CREATE TABLE agreements_again (
    id UUID NOT NULL PRIMARY KEY,
    enrollment_id UUID NOT NULL REFERENCES enrollments (id),
    text TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    filing_id UUID NOT NULL REFERENCES filings (id),
    notice_id UUID NOT NULL REFERENCES notices (id),
    signed_by_id UUID NOT NULL REFERENCES users (id),
    signed_at TIMESTAMPTZ NOT NULL,
    superseded_at TIMESTAMPTZ
);
INSERT INTO agreements_again
    SELECT id, enrollment_id, text, sha256, filing_id, notice_id, signed_by_id, signed_at, NULL FROM agreements;
DROP TABLE agreements;
ALTER TABLE agreements_again RENAME TO agreements;
CREATE UNIQUE INDEX agreements_in_force ON agreements (enrollment_id) WHERE superseded_at IS NULL;
CREATE INDEX agreements_enrollment ON agreements (enrollment_id);
CREATE INDEX agreements_filing ON agreements (filing_id);
CREATE INDEX agreements_notice ON agreements (notice_id);
CREATE INDEX agreements_signed_by ON agreements (signed_by_id);

-- Since when an enrollment is to be signed again, because its terms have changed.
ALTER TABLE enrollments ADD COLUMN terms_changed_on DATE;

-- The notice by which a project's seats are given: who chose by an earlier one takes none.
ALTER TABLE project_seats ADD COLUMN notice_id UUID REFERENCES notices (id);
CREATE INDEX project_seats_notice ON project_seats (notice_id);
-- How many seats it offers. Where it once offered more, `seats_max` comes down to that as seats are given back.
ALTER TABLE project_seats ADD COLUMN seats_offered BIGINT;
UPDATE project_seats SET seats_offered = seats_max;
UPDATE project_seats SET notice_id = (
    SELECT notices.id FROM notices INNER JOIN projects ON projects.plan_id = notices.plan_id
    WHERE projects.id = project_seats.project_id AND notices.state = 'published');
INSERT INTO project_seats (project_id, seats_max, seats_offered, seats_taken, notice_id)
    SELECT projects.id, CAST(projects.offer ->> 'seats_max' AS BIGINT), CAST(projects.offer ->> 'seats_max' AS BIGINT), 0, notices.id
    FROM notices
    INNER JOIN filing_projects ON filing_projects.filing_id = notices.filing_id
    INNER JOIN projects ON projects.id = filing_projects.project_id
    WHERE notices.state = 'published'
        AND NOT EXISTS (SELECT 1 FROM project_seats AS known WHERE known.project_id = projects.id);
