-- Both databases order these by bytes, so that a subtree is one range and pages come in the same order.
ALTER TABLE organisations ALTER COLUMN path TYPE TEXT COLLATE "C";
ALTER TABLE users ALTER COLUMN username TYPE TEXT COLLATE "C";
