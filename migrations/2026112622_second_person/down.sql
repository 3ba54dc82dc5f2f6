ALTER TABLE role_grants DROP COLUMN confirmed_by_id;
ALTER TABLE role_grants DROP COLUMN asked_by_id;
ALTER TABLE role_grants DROP COLUMN waits;
