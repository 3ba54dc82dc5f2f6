-- From which day the lessons of a line count; null in charges of before.
ALTER TABLE charge_lines ADD COLUMN joins_on DATE;
