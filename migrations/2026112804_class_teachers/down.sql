DROP TABLE class_teachers;
