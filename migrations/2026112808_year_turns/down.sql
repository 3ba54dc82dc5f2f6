DROP TABLE pupil_moves;
DROP TABLE year_turns;
