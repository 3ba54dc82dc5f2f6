DROP INDEX access_log_lines_batch;
ALTER TABLE access_log_lines DROP COLUMN batch_id;
ALTER TABLE journal_heads DROP COLUMN seal;
ALTER TABLE journal_entries DROP COLUMN seal;
