ALTER TABLE plans DROP COLUMN filing_deadline_on;
