ALTER TABLE charge_lines DROP COLUMN joins_on;
