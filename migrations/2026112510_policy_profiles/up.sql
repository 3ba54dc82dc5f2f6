-- Dated parameters of the rules, set by an authority; what a row does not set is inherited from the authority above.
-- Rows of one authority never overlap: whoever writes one claims the authority first.
CREATE TABLE policy_profiles (
    id UUID NOT NULL PRIMARY KEY,
    authority_id UUID NOT NULL REFERENCES authorities (id),
    code TEXT NOT NULL,
    document TEXT NOT NULL,
    title TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    parameters JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (ends_on IS NULL OR ends_on >= starts_on)
);
CREATE UNIQUE INDEX policy_profiles_code ON policy_profiles (code);
CREATE UNIQUE INDEX policy_profiles_authority ON policy_profiles (authority_id, starts_on);
