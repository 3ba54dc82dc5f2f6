ALTER TABLE pickup_persons DROP COLUMN code_used_at;
ALTER TABLE pickup_persons DROP COLUMN code_on;
ALTER TABLE pickup_persons DROP COLUMN code_hash;
