DROP TABLE staff_contracts;
