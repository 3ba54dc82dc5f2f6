-- Both databases order codes by bytes, so that pages come in the same order.
ALTER TABLE organisations ALTER COLUMN code TYPE TEXT COLLATE "C";
