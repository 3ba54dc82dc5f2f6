-- What came together when two records of one person were joined, sealed, so that a mistake can be undone; the document
-- that undid it; and since when nothing is known of a person any more.
ALTER TABLE persons ADD COLUMN joined_sealed TEXT;
ALTER TABLE persons ADD COLUMN separation_document TEXT;
ALTER TABLE persons ADD COLUMN erased_on DATE;

-- That a person was erased: why, by which document, and how much of what went or stays. The person's row stays for the
-- ledger and the statistics, without names and numbers.
CREATE TABLE erasures (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id),
    school_id UUID NOT NULL REFERENCES schools (id),
    cause TEXT NOT NULL,
    document TEXT NOT NULL,
    counts JSONB NOT NULL,
    erased_on DATE NOT NULL,
    erased_by_id UUID NOT NULL REFERENCES users (id),
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX erasures_person ON erasures (person_id);
CREATE INDEX erasures_school ON erasures (school_id, id);
CREATE INDEX erasures_erased_by ON erasures (erased_by_id);

-- A paper whose scan was erased with its pupil keeps its row, without the file.
ALTER TABLE paper_forms ADD COLUMN erased_on DATE;
