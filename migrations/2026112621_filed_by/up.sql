-- Everybody who has filed the plan up to this filing: none of them reviews it. Filings of before name who filed them in
-- their steps.
ALTER TABLE filings ADD COLUMN filed_by JSONB;
