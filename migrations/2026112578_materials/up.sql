-- Uploaded documents of a school, for a plan or for the school itself (五.2). The bytes stand in the file store under
-- `object`, which rows of one school with the same bytes share. What a filing holds is removed, never deleted.
CREATE TABLE materials (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    plan_id UUID REFERENCES plans (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    edition INTEGER NOT NULL CHECK (edition > 0),
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL CHECK (bytes > 0),
    sha256 TEXT NOT NULL,
    object TEXT NOT NULL,
    removed_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX materials_school ON materials (school_id, sha256);
CREATE INDEX materials_plan ON materials (plan_id);
CREATE INDEX materials_object ON materials (object);
CREATE UNIQUE INDEX materials_edition_of_plan ON materials (plan_id, kind, name, edition) WHERE plan_id IS NOT NULL;
CREATE UNIQUE INDEX materials_edition_of_school ON materials (school_id, kind, name, edition) WHERE plan_id IS NULL;
