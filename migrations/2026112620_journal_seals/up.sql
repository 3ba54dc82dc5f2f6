-- A row of the journal carries a keyed seal of its own content, its links are keyed from now on (`2.` in front), and the
-- head is sealed, so that who can write the database cannot write its history anew.
ALTER TABLE journal_entries ADD COLUMN seal TEXT;
ALTER TABLE journal_heads ADD COLUMN seal TEXT;

-- The journal has a row for each batch of lines, so that lines that are gone are missed.
ALTER TABLE access_log_lines ADD COLUMN batch_id UUID;
CREATE INDEX access_log_lines_batch ON access_log_lines (batch_id);
