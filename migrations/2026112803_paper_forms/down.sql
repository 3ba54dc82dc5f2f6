CREATE TABLE agreements_online (
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
INSERT INTO agreements_online
    SELECT agreements.id, enrollment_id, text, agreements.sha256, filing_id, notice_id,
        COALESCE(signed_by_id, paper_forms.checked_by_id), signed_at, superseded_at
    FROM agreements LEFT JOIN paper_forms ON paper_forms.id = agreements.paper_form_id;
DROP TABLE agreements;
ALTER TABLE agreements_online RENAME TO agreements;
CREATE UNIQUE INDEX agreements_in_force ON agreements (enrollment_id) WHERE superseded_at IS NULL;
CREATE INDEX agreements_enrollment ON agreements (enrollment_id);
CREATE INDEX agreements_filing ON agreements (filing_id);
CREATE INDEX agreements_notice ON agreements (notice_id);
CREATE INDEX agreements_signed_by ON agreements (signed_by_id);
DROP INDEX enrollments_paper_form;
ALTER TABLE enrollments DROP COLUMN paper_form_id;
DROP TABLE paper_forms;
