-- 减免: the percent of the fee that the pupil pays, where a profile lets its group pay less. Why is not kept here.
ALTER TABLE charge_lines ADD COLUMN pays_percent INTEGER CHECK (pays_percent BETWEEN 0 AND 99);
