ALTER TABLE organisations DROP COLUMN name_key;
ALTER TABLE users DROP COLUMN name_key;
ALTER TABLE staff_members DROP COLUMN name_key;
ALTER TABLE students DROP COLUMN name_key;
