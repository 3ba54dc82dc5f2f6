-- Codes of six digits that were sent to telephones, by a keyed hash of the number, whether or not it reaches anybody. A
-- sign-in by one stays within the roles that need no second person.
CREATE TABLE sign_in_codes (
    phone_hash TEXT NOT NULL PRIMARY KEY,
    user_id UUID REFERENCES users (id),
    code_hash TEXT NOT NULL,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sign_in_codes_user ON sign_in_codes (user_id);
CREATE INDEX sign_in_codes_expires_at ON sign_in_codes (expires_at);
CREATE INDEX invitations_phone ON invitations (phone_hash);
ALTER TABLE sessions ADD COLUMN by_code BOOLEAN NOT NULL DEFAULT FALSE;
