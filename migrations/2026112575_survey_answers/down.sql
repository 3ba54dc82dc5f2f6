DROP TABLE survey_answers;
