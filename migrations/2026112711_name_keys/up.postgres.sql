-- Both databases order these by bytes, so that what begins with a text is one range.
ALTER TABLE students ALTER COLUMN name TYPE TEXT COLLATE "C";
ALTER TABLE students ALTER COLUMN name_key TYPE TEXT COLLATE "C";
ALTER TABLE staff_members ALTER COLUMN name TYPE TEXT COLLATE "C";
ALTER TABLE staff_members ALTER COLUMN name_key TYPE TEXT COLLATE "C";
ALTER TABLE users ALTER COLUMN display_name TYPE TEXT COLLATE "C";
ALTER TABLE users ALTER COLUMN name_key TYPE TEXT COLLATE "C";
ALTER TABLE organisations ALTER COLUMN name TYPE TEXT COLLATE "C";
ALTER TABLE organisations ALTER COLUMN name_key TYPE TEXT COLLATE "C";
