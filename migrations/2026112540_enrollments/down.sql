DROP TABLE project_seats;
DROP TABLE enrollments;
