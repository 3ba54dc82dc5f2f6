DROP INDEX project_seats_notice;
ALTER TABLE project_seats DROP COLUMN seats_offered;
ALTER TABLE project_seats DROP COLUMN notice_id;
ALTER TABLE enrollments DROP COLUMN terms_changed_on;
CREATE TABLE agreements_once (
    id UUID NOT NULL PRIMARY KEY,
    enrollment_id UUID NOT NULL UNIQUE REFERENCES enrollments (id),
    text TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    filing_id UUID NOT NULL REFERENCES filings (id),
    notice_id UUID NOT NULL REFERENCES notices (id),
    signed_by_id UUID NOT NULL REFERENCES users (id),
    signed_at TIMESTAMPTZ NOT NULL
);
INSERT INTO agreements_once
    SELECT id, enrollment_id, text, sha256, filing_id, notice_id, signed_by_id, signed_at FROM agreements
    WHERE superseded_at IS NULL;
DROP TABLE agreements;
ALTER TABLE agreements_once RENAME TO agreements;
CREATE INDEX agreements_filing ON agreements (filing_id);
CREATE INDEX agreements_notice ON agreements (notice_id);
CREATE INDEX agreements_signed_by ON agreements (signed_by_id);
DROP INDEX filings_amendment;
ALTER TABLE filings DROP COLUMN amendment_id;
ALTER TABLE plans DROP COLUMN filing_ordinal;
DROP TABLE plan_amendments;
