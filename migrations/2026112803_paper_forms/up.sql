-- What a named guardian has signed on paper (二.2): who of the staff entered it, the scan, and who else has checked it.
-- Until then it does nothing but stand as applied. The scan is in the file store under `object`.
CREATE TABLE paper_forms (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    plan_id UUID NOT NULL REFERENCES plans (id),
    student_id UUID NOT NULL REFERENCES students (id),
    guardianship_id UUID NOT NULL REFERENCES guardianships (id),
    kind TEXT NOT NULL,
    project_ids JSONB NOT NULL,
    signed_on DATE NOT NULL,
    agreement_sha256 TEXT,
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL CHECK (bytes > 0),
    sha256 TEXT NOT NULL,
    object TEXT NOT NULL,
    entered_by_id UUID NOT NULL REFERENCES users (id),
    checked_by_id UUID REFERENCES users (id),
    checked_on DATE,
    refusal_reason TEXT,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK ((kind = 'agreement') = (agreement_sha256 IS NOT NULL)),
    CHECK ((state = 'entered') = (checked_by_id IS NULL) AND (checked_by_id IS NULL) = (checked_on IS NULL)),
    CHECK ((state = 'refused') = (refusal_reason IS NOT NULL)),
    CHECK (checked_by_id <> entered_by_id)
);
CREATE INDEX paper_forms_school ON paper_forms (school_id, id);
CREATE INDEX paper_forms_plan ON paper_forms (plan_id);
CREATE INDEX paper_forms_student ON paper_forms (student_id, id);
CREATE INDEX paper_forms_guardianship ON paper_forms (guardianship_id);
CREATE INDEX paper_forms_entered_by ON paper_forms (entered_by_id);
CREATE INDEX paper_forms_checked_by ON paper_forms (checked_by_id);

-- The paper by which an enrollment was entered.
ALTER TABLE enrollments ADD COLUMN paper_form_id UUID REFERENCES paper_forms (id)
    CHECK (source <> 'paper' OR paper_form_id IS NOT NULL);
CREATE INDEX enrollments_paper_form ON enrollments (paper_form_id);

-- Whoever signs on paper may have no account: then the paper says who signed.
CREATE TABLE agreements_on_paper (
    id UUID NOT NULL PRIMARY KEY,
    enrollment_id UUID NOT NULL REFERENCES enrollments (id),
    text TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    filing_id UUID NOT NULL REFERENCES filings (id),
    notice_id UUID NOT NULL REFERENCES notices (id),
    signed_by_id UUID REFERENCES users (id),
    paper_form_id UUID REFERENCES paper_forms (id),
    signed_at TIMESTAMPTZ NOT NULL,
    superseded_at TIMESTAMPTZ,
    CHECK ((signed_by_id IS NULL) <> (paper_form_id IS NULL))
);
INSERT INTO agreements_on_paper
    SELECT id, enrollment_id, text, sha256, filing_id, notice_id, signed_by_id, NULL, signed_at, superseded_at
    FROM agreements;
DROP TABLE agreements;
ALTER TABLE agreements_on_paper RENAME TO agreements;
CREATE UNIQUE INDEX agreements_in_force ON agreements (enrollment_id) WHERE superseded_at IS NULL;
CREATE INDEX agreements_enrollment ON agreements (enrollment_id);
CREATE INDEX agreements_filing ON agreements (filing_id);
CREATE INDEX agreements_notice ON agreements (notice_id);
CREATE INDEX agreements_signed_by ON agreements (signed_by_id);
CREATE INDEX agreements_paper_form ON agreements (paper_form_id);
