-- Who saw which pupil: one line per request, and the persons whose data it gave.
CREATE TABLE access_log_lines (
    id UUID NOT NULL PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    operation TEXT NOT NULL,
    purpose TEXT NOT NULL,
    request_id TEXT NOT NULL
);
CREATE INDEX access_log_lines_user ON access_log_lines (user_id);

-- `school_id` is the school where the person was seen: another school's readers are not this school's business.
CREATE TABLE access_log_persons (
    line_id UUID NOT NULL REFERENCES access_log_lines (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    school_id UUID NOT NULL,
    PRIMARY KEY (line_id, person_id)
);
CREATE INDEX access_log_persons_person ON access_log_persons (person_id, line_id);
