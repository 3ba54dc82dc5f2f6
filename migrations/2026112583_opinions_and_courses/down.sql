DROP TABLE quality_courses;
DROP TABLE committee_opinions;
