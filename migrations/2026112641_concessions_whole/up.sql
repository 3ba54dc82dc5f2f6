-- What of the approved amount is conceded to the pupil: `amount_fen` less this is due. A full concession is a charge of
-- which nothing is due. Charges of before have the conceded amount taken off already.
ALTER TABLE charges ADD COLUMN conceded_fen BIGINT NOT NULL DEFAULT 0 CHECK (conceded_fen >= 0);
