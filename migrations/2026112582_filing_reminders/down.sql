DROP INDEX filings_escalated_to;
ALTER TABLE filings DROP COLUMN escalated_to_id;
ALTER TABLE filings DROP COLUMN escalated_on;
ALTER TABLE filings DROP COLUMN reminded_on;
