DROP TABLE signals;
DROP TABLE choice_places;
