DROP TABLE safety_duties;
