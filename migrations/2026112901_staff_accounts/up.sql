-- The account of a member of staff, by which a teacher sees the groups that it leads.
ALTER TABLE staff_members ADD COLUMN user_id UUID REFERENCES users (id);
CREATE UNIQUE INDEX staff_members_user ON staff_members (user_id) WHERE user_id IS NOT NULL AND state = 'active';
CREATE INDEX staff_members_account ON staff_members (user_id);
