ALTER TABLE sessions DROP COLUMN by_code;
DROP INDEX invitations_phone;
DROP TABLE sign_in_codes;
