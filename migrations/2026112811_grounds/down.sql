ALTER TABLE students DROP COLUMN grounds;
