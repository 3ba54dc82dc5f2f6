DROP TABLE hazards;
DROP TABLE venue_checks;
