DROP TABLE safety_education_records;
