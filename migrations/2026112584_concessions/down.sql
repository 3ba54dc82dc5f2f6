ALTER TABLE charge_lines DROP COLUMN pays_percent;
