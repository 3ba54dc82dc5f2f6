-- A code by which somebody whom a guardian has named fetches a child on one day, once. Only its hash is kept.
ALTER TABLE pickup_persons ADD COLUMN code_hash TEXT;
ALTER TABLE pickup_persons ADD COLUMN code_on DATE;
ALTER TABLE pickup_persons ADD COLUMN code_used_at TIMESTAMPTZ;
