-- What an account is told of: made from what happens, and read once. A row says what happened by ids alone; the sentence
-- is made when it is read, in the reader's language. `round` counts reminders of one thing.
CREATE TABLE messages (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    kind TEXT NOT NULL,
    resource TEXT NOT NULL,
    resource_id UUID NOT NULL,
    school_id UUID REFERENCES schools (id),
    student_id UUID REFERENCES students (id),
    project_id UUID REFERENCES projects (id),
    due_on DATE,
    round INTEGER NOT NULL CHECK (round >= 0),
    read_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX messages_of_child ON messages (resource_id, student_id, user_id, role, kind, round)
    WHERE student_id IS NOT NULL;
CREATE UNIQUE INDEX messages_of_work ON messages (resource_id, user_id, role, kind, round) WHERE student_id IS NULL;
CREATE INDEX messages_user ON messages (user_id, role, id);
CREATE INDEX messages_unread ON messages (user_id, role) WHERE read_at IS NULL;
CREATE INDEX messages_school ON messages (school_id);
CREATE INDEX messages_student ON messages (student_id);
CREATE INDEX messages_project ON messages (project_id);
