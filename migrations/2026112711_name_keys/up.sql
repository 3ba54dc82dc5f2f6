-- By what a name is found and ordered beside its own letters: the pinyin of it. It follows from the name, is recorded
-- nowhere, and is filled for the rows of before by the job `key-names`.
ALTER TABLE students ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE staff_members ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE organisations ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
