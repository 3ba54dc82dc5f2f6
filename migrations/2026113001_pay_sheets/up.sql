-- What own staff may be paid in all (四.1), where the authority gives it: for a school, from a day to another. Of the same
-- days the one that was given last holds.
CREATE TABLE performance_pay_totals (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    document TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (from_on <= to_on)
);
CREATE INDEX performance_pay_totals_days ON performance_pay_totals (school_id, from_on, to_on);

-- What a school pays who served, month by month (四.1). The row counts its lines and keeps a keyed hash over them.
CREATE TABLE pay_sheets (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    month_on DATE NOT NULL,
    state TEXT NOT NULL,
    line_count INTEGER NOT NULL,
    own_fen BIGINT NOT NULL,
    external_fen BIGINT NOT NULL,
    total_fen BIGINT NOT NULL,
    people JSONB NOT NULL,
    findings JSONB NOT NULL,
    lines_hash TEXT NOT NULL,
    computed_on DATE NOT NULL,
    computed_by_id UUID NOT NULL REFERENCES users (id),
    approved_on DATE,
    approved_by_id UUID REFERENCES users (id),
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (total_fen = own_fen + external_fen),
    CHECK ((state = 'approved') = (approved_on IS NOT NULL)),
    CHECK ((approved_on IS NULL) = (approved_by_id IS NULL))
);
CREATE UNIQUE INDEX pay_sheets_once ON pay_sheets (school_id, month_on);
CREATE INDEX pay_sheets_computed_by ON pay_sheets (computed_by_id);
CREATE INDEX pay_sheets_approved_by ON pay_sheets (approved_by_id) WHERE approved_by_id IS NOT NULL;

-- What one member of staff is paid for one session. What was approved stays: the first line of a serving has number 1,
-- what is put right later the next one, and no two sheets can pay the same.
CREATE TABLE pay_lines (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    pay_sheet_id UUID NOT NULL REFERENCES pay_sheets (id),
    session_staff_id UUID NOT NULL REFERENCES session_staff (id),
    session_id UUID NOT NULL REFERENCES service_sessions (id),
    staff_member_id UUID NOT NULL REFERENCES staff_members (id),
    staff_kind TEXT NOT NULL,
    held_on DATE NOT NULL,
    kind TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    hourly_fen BIGINT,
    staff_contract_id UUID REFERENCES staff_contracts (id),
    remuneration_standard_id UUID REFERENCES remuneration_standards (id),
    amount_fen BIGINT NOT NULL,
    hold TEXT,
    held_minutes INTEGER NOT NULL CHECK (held_minutes >= 0),
    number INTEGER,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK ((hold IS NULL) = (held_minutes = 0)),
    CHECK (hold IS NULL OR amount_fen <= 0)
);
CREATE UNIQUE INDEX pay_lines_sheet ON pay_lines (pay_sheet_id, session_staff_id);
CREATE UNIQUE INDEX pay_lines_once ON pay_lines (session_staff_id, number);
CREATE INDEX pay_lines_session ON pay_lines (session_id);
CREATE INDEX pay_lines_staff_member ON pay_lines (staff_member_id, held_on);
CREATE INDEX pay_lines_school ON pay_lines (school_id, held_on);
CREATE INDEX pay_lines_contract ON pay_lines (staff_contract_id) WHERE staff_contract_id IS NOT NULL;
CREATE INDEX pay_lines_standard ON pay_lines (remuneration_standard_id) WHERE remuneration_standard_id IS NOT NULL;

-- Why a supervisor lets a session be paid that was held back (六.5).
ALTER TABLE service_sessions ADD COLUMN pay_release_reason TEXT;
