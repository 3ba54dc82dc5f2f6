DROP TABLE notices;
DROP TABLE filing_projects;
DROP TABLE filings;
DROP TABLE filing_series;
DROP TABLE projects;
DROP TABLE plans;
