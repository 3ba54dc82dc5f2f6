DROP TABLE calendar_closures;
