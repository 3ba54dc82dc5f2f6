-- Whom guardians ask (a notice's own contact) and to whom they complain (an authority's office and telephone). They are
-- public, so they are neither sealed nor masked.
ALTER TABLE notices ADD COLUMN contact_name TEXT;
ALTER TABLE notices ADD COLUMN contact_phone TEXT;
ALTER TABLE authorities ADD COLUMN complaint_office TEXT;
ALTER TABLE authorities ADD COLUMN complaint_phone TEXT;
