-- What a pupil is charged for a term.
CREATE TABLE charges (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id),
    student_id UUID NOT NULL REFERENCES students (id),
    school_id UUID NOT NULL REFERENCES schools (id),
    plan_id UUID NOT NULL REFERENCES plans (id),
    filing_id UUID NOT NULL REFERENCES filings (id),
    fee_account_id UUID NOT NULL REFERENCES fee_accounts (id),
    school_year TEXT NOT NULL,
    season TEXT NOT NULL,
    state TEXT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    paid_fen BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (paid_fen BETWEEN 0 AND amount_fen),
    CHECK (state <> 'void' OR paid_fen = 0)
);
CREATE INDEX charges_person ON charges (person_id);
CREATE INDEX charges_student ON charges (student_id);
CREATE INDEX charges_school ON charges (school_id, id);
CREATE INDEX charges_plan ON charges (plan_id);
CREATE INDEX charges_filing ON charges (filing_id);
CREATE INDEX charges_fee_account ON charges (fee_account_id);

-- The guard of 六.2: one live charge per person and term, across schools, partners and retries. Voiding deletes the row.
CREATE TABLE term_fees (
    person_id UUID NOT NULL REFERENCES persons (id),
    school_year TEXT NOT NULL,
    season TEXT NOT NULL,
    charge_id UUID NOT NULL REFERENCES charges (id),
    PRIMARY KEY (person_id, school_year, season)
);
CREATE UNIQUE INDEX term_fees_charge ON term_fees (charge_id);

-- What a charge is made of, as the approved filing has it.
CREATE TABLE charge_lines (
    charge_id UUID NOT NULL REFERENCES charges (id),
    position INTEGER NOT NULL,
    enrollment_id UUID NOT NULL,
    project_id UUID NOT NULL REFERENCES projects (id),
    name TEXT NOT NULL,
    lessons BIGINT,
    unit_fen BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    PRIMARY KEY (charge_id, position)
);
CREATE INDEX charge_lines_project ON charge_lines (project_id);

-- What came in for a charge.
CREATE TABLE payments (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    charge_id UUID NOT NULL REFERENCES charges (id),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    method TEXT NOT NULL,
    paid_on DATE NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX payments_school ON payments (school_id);
CREATE INDEX payments_charge ON payments (charge_id);

-- The ledger: transfers of one entry share its id. Never changed and never deleted; a correction is an entry that names
-- the one it reverses, and an entry is reversed once.
CREATE TABLE ledger_transfers (
    id UUID NOT NULL PRIMARY KEY,
    entry_id UUID NOT NULL,
    fee_account_id UUID NOT NULL REFERENCES fee_accounts (id),
    debit_account_id UUID NOT NULL REFERENCES ledger_accounts (id),
    credit_account_id UUID NOT NULL REFERENCES ledger_accounts (id),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    charge_id UUID REFERENCES charges (id),
    reverses_entry_id UUID,
    posted_on DATE NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (debit_account_id <> credit_account_id)
);
CREATE INDEX ledger_transfers_fee_account ON ledger_transfers (fee_account_id, posted_on);
CREATE INDEX ledger_transfers_debit ON ledger_transfers (debit_account_id);
CREATE INDEX ledger_transfers_credit ON ledger_transfers (credit_account_id);
CREATE INDEX ledger_transfers_charge ON ledger_transfers (charge_id);
CREATE INDEX ledger_transfers_entry ON ledger_transfers (entry_id);
CREATE UNIQUE INDEX ledger_transfers_reversal ON ledger_transfers (reverses_entry_id, debit_account_id, credit_account_id);
