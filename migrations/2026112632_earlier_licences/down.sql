ALTER TABLE partners DROP COLUMN earlier_licences;
