-- On what it rests that a pupil comes first or gets free help (三.1, 三.3): papers, and from when to when they hold.
ALTER TABLE students ADD COLUMN grounds JSONB NOT NULL DEFAULT '[]';
