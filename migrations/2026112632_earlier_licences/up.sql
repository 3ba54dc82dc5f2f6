-- Licences that a partner's present one has replaced (四.3): two in a row cover a term.
ALTER TABLE partners ADD COLUMN earlier_licences JSONB NOT NULL DEFAULT '[]';
