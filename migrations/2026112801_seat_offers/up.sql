-- A free seat is offered to the first who waits, until a day; unanswered, it goes to the next. Null for what was never
-- offered, and for what was accepted.
ALTER TABLE enrollments ADD COLUMN offer_ends_on DATE CHECK (state <> 'offered' OR offer_ends_on IS NOT NULL);
CREATE INDEX enrollments_offers ON enrollments (offer_ends_on, id) WHERE state = 'offered';
