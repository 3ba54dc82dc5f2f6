-- Why an enrollment ended, from which day its pupil takes part and owes, and since when the pupil's grade is not one that
-- the project is for. Null for what stands, what is not signed, what fits, and rows of before.
ALTER TABLE enrollments ADD COLUMN ended_because TEXT;
ALTER TABLE enrollments ADD COLUMN joins_on DATE;
ALTER TABLE enrollments ADD COLUMN unfit_on DATE;
