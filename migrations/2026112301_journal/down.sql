DROP TABLE idempotency_keys;
DROP TABLE journal_heads;
DROP TABLE journal_entries;
