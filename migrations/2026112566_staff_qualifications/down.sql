DROP TABLE staff_qualifications;
