ALTER TABLE authorities DROP COLUMN complaint_phone;
ALTER TABLE authorities DROP COLUMN complaint_office;
ALTER TABLE notices DROP COLUMN contact_phone;
ALTER TABLE notices DROP COLUMN contact_name;
