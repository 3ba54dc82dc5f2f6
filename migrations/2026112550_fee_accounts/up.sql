-- The dedicated account of a school (六.2): one each, and no money without one.
CREATE TABLE fee_accounts (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    name TEXT NOT NULL,
    bank_name TEXT NOT NULL,
    account_number_sealed TEXT NOT NULL,
    account_number_masked TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX fee_accounts_school ON fee_accounts (school_id);

-- The accounts of the ledger; `category` is a budget category of expenses, and empty for all others.
CREATE TABLE ledger_accounts (
    id UUID NOT NULL PRIMARY KEY,
    fee_account_id UUID NOT NULL REFERENCES fee_accounts (id),
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX ledger_accounts_kind ON ledger_accounts (fee_account_id, kind, category);
