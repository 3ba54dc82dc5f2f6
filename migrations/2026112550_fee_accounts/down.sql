DROP TABLE ledger_accounts;
DROP TABLE fee_accounts;
