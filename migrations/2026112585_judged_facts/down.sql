ALTER TABLE filings DROP COLUMN judged_by_sha256;
ALTER TABLE filings DROP COLUMN judged_by;
