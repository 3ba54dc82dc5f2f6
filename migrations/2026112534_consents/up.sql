-- Consent of a guardian to the keeping of a child's data, by version of the text that was shown. One stands at a time.
CREATE TABLE consents (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id),
    guardianship_id UUID NOT NULL REFERENCES guardianships (id),
    text_version TEXT NOT NULL,
    document TEXT,
    given_at TIMESTAMPTZ NOT NULL,
    withdrawn_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX consents_standing ON consents (guardianship_id, text_version) WHERE withdrawn_at IS NULL;
CREATE INDEX consents_guardianship ON consents (guardianship_id);
CREATE INDEX consents_person ON consents (person_id);
