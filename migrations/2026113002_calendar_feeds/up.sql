-- Secret links to calendars of sessions: of a guardian's child, or of one's own. Of the secret only a hash is kept.
CREATE TABLE calendar_feeds (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    student_id UUID REFERENCES students (id),
    secret_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX calendar_feeds_secret ON calendar_feeds (secret_hash);
CREATE INDEX calendar_feeds_user ON calendar_feeds (user_id, id);
CREATE INDEX calendar_feeds_student ON calendar_feeds (student_id) WHERE student_id IS NOT NULL;
