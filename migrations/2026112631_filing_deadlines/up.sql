-- The deadline that judged a plan's first submission (五.2): it stays, whatever becomes of the term.
ALTER TABLE plans ADD COLUMN filing_deadline_on DATE;
