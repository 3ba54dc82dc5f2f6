-- When somebody was reminded of a filing that is late, and when the authority above was told; a new state begins anew.
ALTER TABLE filings ADD COLUMN reminded_on DATE;
ALTER TABLE filings ADD COLUMN escalated_on DATE;
ALTER TABLE filings ADD COLUMN escalated_to_id UUID REFERENCES authorities (id);
CREATE INDEX filings_escalated_to ON filings (escalated_to_id);
