ALTER TABLE project_seats DROP COLUMN held_for_draw;
DROP INDEX enrollments_drawn;
ALTER TABLE enrollments DROP COLUMN draw_outcome;
ALTER TABLE enrollments DROP COLUMN draw_number;
ALTER TABLE enrollments DROP COLUMN draw_tier;
ALTER TABLE enrollments DROP COLUMN wish;
DROP TABLE choice_windows;
