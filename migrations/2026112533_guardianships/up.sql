-- Who is guardian of a person, from when to when, and what for. `user_id` is missing until the guardian has an account.
-- `rights` is words, each between spaces, so that one LIKE finds one. Rows are ended or blocked, never revived.
CREATE TABLE guardianships (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id),
    user_id UUID REFERENCES users (id),
    kind TEXT NOT NULL,
    organisation_name TEXT,
    relation TEXT NOT NULL,
    contact_name_sealed TEXT NOT NULL,
    contact_phone_sealed TEXT,
    contact_phone_hash TEXT,
    rights TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    state TEXT NOT NULL,
    closing_reason TEXT,
    closing_document TEXT,
    restoring_document TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (ends_on IS NULL OR ends_on >= starts_on),
    CHECK (state = 'active' OR closing_reason IS NOT NULL)
);
CREATE UNIQUE INDEX guardianships_active ON guardianships (user_id, person_id) WHERE state = 'active';
CREATE INDEX guardianships_user ON guardianships (user_id);
CREATE INDEX guardianships_person ON guardianships (person_id);
