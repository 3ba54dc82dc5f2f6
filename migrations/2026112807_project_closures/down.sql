ALTER TABLE project_seats DROP COLUMN closed_on;
DROP TABLE project_closures;
