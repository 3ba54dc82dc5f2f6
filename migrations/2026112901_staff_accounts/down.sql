DROP INDEX staff_members_account;
DROP INDEX staff_members_user;
ALTER TABLE staff_members DROP COLUMN user_id;
