-- Pupils as persons, across schools: nothing but their numbers, sealed, with keyed hashes to find them by. What a school
-- knows of a pupil, the name included, stands in `students`. A person that was merged stays as a tombstone, so that its
-- numbers still lead to the person it became.
CREATE TABLE persons (
    id UUID NOT NULL PRIMARY KEY,
    id_number_sealed TEXT,
    id_number_hash TEXT,
    student_number_sealed TEXT,
    student_number_hash TEXT,
    merged_into_id UUID REFERENCES persons (id),
    merge_document TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK ((id_number_sealed IS NULL) = (id_number_hash IS NULL)),
    CHECK ((student_number_sealed IS NULL) = (student_number_hash IS NULL)),
    CHECK (merged_into_id <> id)
);
CREATE UNIQUE INDEX persons_id_number ON persons (id_number_hash);
CREATE UNIQUE INDEX persons_student_number ON persons (student_number_hash);
CREATE INDEX persons_merged_into ON persons (merged_into_id);
