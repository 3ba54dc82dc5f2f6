ALTER TABLE charges DROP COLUMN conceded_fen;
