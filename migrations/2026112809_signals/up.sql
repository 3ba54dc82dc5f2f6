-- From where guardians choose, as far as `coercion-signal` asks for it (二.2): a keyed hash of the address, by its first
-- choice for a plan, forgotten after a week.
CREATE TABLE choice_places (
    plan_id UUID NOT NULL REFERENCES plans (id),
    user_id UUID NOT NULL REFERENCES users (id),
    place TEXT NOT NULL,
    chosen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (plan_id, user_id)
);
CREATE INDEX choice_places_user ON choice_places (user_id);
CREATE INDEX choice_places_chosen ON choice_places (chosen_at);

-- What a supervisor is to look at, with the numbers that were compared. It stops nothing. `subject` is what it is about,
-- so that the same is raised once.
CREATE TABLE signals (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    plan_id UUID REFERENCES plans (id),
    class_id UUID REFERENCES classes (id),
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,
    finding JSONB NOT NULL,
    raised_on DATE NOT NULL,
    state TEXT NOT NULL,
    answer TEXT,
    answered_on DATE,
    answered_by_id UUID REFERENCES users (id),
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK ((state = 'open') = (answer IS NULL)),
    CHECK ((answer IS NULL) = (answered_by_id IS NULL)),
    CHECK ((answer IS NULL) = (answered_on IS NULL))
);
CREATE UNIQUE INDEX signals_subject ON signals (rule, subject);
CREATE INDEX signals_school ON signals (school_id, id);
CREATE INDEX signals_plan ON signals (plan_id);
CREATE INDEX signals_class ON signals (class_id);
CREATE INDEX signals_answered_by ON signals (answered_by_id);
