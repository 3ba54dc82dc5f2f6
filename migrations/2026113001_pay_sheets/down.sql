ALTER TABLE service_sessions DROP COLUMN pay_release_reason;
DROP TABLE pay_lines;
DROP TABLE pay_sheets;
DROP TABLE performance_pay_totals;
