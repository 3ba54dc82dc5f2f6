UPDATE enrollments SET state = 'allocated' WHERE state = 'offered';
DROP INDEX enrollments_offers;
ALTER TABLE enrollments DROP COLUMN offer_ends_on;
