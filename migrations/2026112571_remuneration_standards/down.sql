DROP TABLE remuneration_standards;
