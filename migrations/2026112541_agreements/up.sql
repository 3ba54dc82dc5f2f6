-- 课后服务协议 (五.3): the text that a guardian signed, with its hash, and the filing and notice that it was made from. Rows
-- are added once and never changed.
CREATE TABLE agreements (
    id UUID NOT NULL PRIMARY KEY,
    enrollment_id UUID NOT NULL UNIQUE REFERENCES enrollments (id),
    text TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    filing_id UUID NOT NULL REFERENCES filings (id),
    notice_id UUID NOT NULL REFERENCES notices (id),
    signed_by_id UUID NOT NULL REFERENCES users (id),
    signed_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX agreements_filing ON agreements (filing_id);
CREATE INDEX agreements_notice ON agreements (notice_id);
CREATE INDEX agreements_signed_by ON agreements (signed_by_id);
