-- What judged a filing: every policy parameter with who set it, and the service days that were counted. RFC 8785, kept to
-- the byte with its hash, as the document is. Null for filings of before, until the first bill by one of them.
ALTER TABLE filings ADD COLUMN judged_by TEXT;
ALTER TABLE filings ADD COLUMN judged_by_sha256 TEXT;
