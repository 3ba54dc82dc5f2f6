DROP TABLE staff_vettings;
