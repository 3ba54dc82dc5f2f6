DROP TABLE ledger_transfers;
DROP TABLE payments;
DROP TABLE charge_lines;
DROP TABLE term_fees;
DROP TABLE charges;
