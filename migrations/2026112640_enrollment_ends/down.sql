ALTER TABLE enrollments DROP COLUMN unfit_on;
ALTER TABLE enrollments DROP COLUMN joins_on;
ALTER TABLE enrollments DROP COLUMN ended_because;
