-- A window in which guardians rank wishes for the projects of a plan that have seats to give, and the draw after it. The
-- seed is made before the window and told by its SHA-256; it is shown once it is drawn.
CREATE TABLE choice_windows (
    id UUID NOT NULL PRIMARY KEY,
    plan_id UUID NOT NULL REFERENCES plans (id),
    school_id UUID NOT NULL REFERENCES schools (id),
    opens_on DATE NOT NULL,
    closes_on DATE NOT NULL,
    wishes_max INTEGER NOT NULL CHECK (wishes_max > 0),
    places_max INTEGER NOT NULL CHECK (places_max > 0),
    siblings_together BOOLEAN NOT NULL,
    seed_sha256 TEXT NOT NULL,
    seed_sealed TEXT NOT NULL,
    seed TEXT,
    filing_id UUID REFERENCES filings (id),
    seats JSONB NOT NULL,
    drawn_on DATE,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (closes_on >= opens_on),
    CHECK ((state = 'drawn') = (seed IS NOT NULL AND drawn_on IS NOT NULL AND filing_id IS NOT NULL))
);
CREATE UNIQUE INDEX choice_windows_standing ON choice_windows (plan_id) WHERE state <> 'cancelled';
CREATE INDEX choice_windows_plan ON choice_windows (plan_id);
CREATE INDEX choice_windows_school ON choice_windows (school_id, id);
CREATE INDEX choice_windows_filing ON choice_windows (filing_id);

-- The rank of a wish, and what the draw made of it: these stay as they were drawn, whatever becomes of the enrollment.
ALTER TABLE enrollments ADD COLUMN wish INTEGER CHECK (wish > 0);
ALTER TABLE enrollments ADD COLUMN draw_tier TEXT;
ALTER TABLE enrollments ADD COLUMN draw_number INTEGER CHECK (draw_number > 0);
ALTER TABLE enrollments ADD COLUMN draw_outcome TEXT
    CHECK ((draw_outcome IS NULL) = (draw_number IS NULL) AND (draw_tier IS NULL) = (draw_number IS NULL));
CREATE UNIQUE INDEX enrollments_drawn ON enrollments (project_id, draw_number) WHERE draw_number IS NOT NULL;

-- While its seats are to be drawn, nobody takes one.
ALTER TABLE project_seats ADD COLUMN held_for_draw BOOLEAN NOT NULL DEFAULT FALSE;
