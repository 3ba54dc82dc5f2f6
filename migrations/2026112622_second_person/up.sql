-- A role that reaches pupils or accounts waits until a second person confirms it: after it was given, and again after its
-- account was given a new secret. `asked_by_id` is who did so.
ALTER TABLE role_grants ADD COLUMN waits BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE role_grants ADD COLUMN asked_by_id UUID;
ALTER TABLE role_grants ADD COLUMN confirmed_by_id UUID;
