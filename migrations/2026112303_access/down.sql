DROP TABLE signing_keys;
DROP TABLE sign_in_tries;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
DROP TABLE role_grants;
DROP TABLE users;
DROP TABLE organisations;
