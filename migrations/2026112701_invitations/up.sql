-- A code by which somebody makes an account of their own: good for one use, until a moment. What is kept is its keyed
-- hash. A guardian's hangs on a guardianship, whose telephone counts; anybody else's brings name and telephone. Neither
-- accounts nor the organisation are there for the platform's own.
CREATE TABLE invitations (
    id UUID NOT NULL PRIMARY KEY,
    organisation_id UUID REFERENCES organisations (id),
    role TEXT NOT NULL,
    guardianship_id UUID REFERENCES guardianships (id),
    display_name TEXT,
    phone_sealed TEXT,
    phone_hash TEXT,
    code_hash TEXT NOT NULL,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    state TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    invited_by_id UUID NOT NULL REFERENCES users (id),
    user_id UUID REFERENCES users (id),
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX invitations_code ON invitations (code_hash);
CREATE UNIQUE INDEX invitations_open ON invitations (guardianship_id) WHERE state = 'open';
CREATE INDEX invitations_guardianship ON invitations (guardianship_id);
CREATE INDEX invitations_organisation ON invitations (organisation_id);
CREATE INDEX invitations_invited_by ON invitations (invited_by_id);
CREATE INDEX invitations_user ON invitations (user_id);
CREATE INDEX invitations_expiry ON invitations (expires_at) WHERE state = 'open';
