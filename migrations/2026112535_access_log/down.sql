DROP TABLE access_log_persons;
DROP TABLE access_log_lines;
