ALTER TABLE paper_forms DROP COLUMN erased_on;
DROP TABLE erasures;
ALTER TABLE persons DROP COLUMN erased_on;
ALTER TABLE persons DROP COLUMN separation_document;
ALTER TABLE persons DROP COLUMN joined_sealed;
