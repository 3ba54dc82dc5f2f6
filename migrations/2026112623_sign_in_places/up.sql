-- From where an account has signed in: such places are not held up by what others try under its name. Hashed, since an
-- address says who somebody is.
CREATE TABLE sign_in_places (
    place_hash TEXT NOT NULL PRIMARY KEY,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sign_in_places_updated_at ON sign_in_places (updated_at);
