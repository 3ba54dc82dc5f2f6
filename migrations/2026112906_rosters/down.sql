DROP TABLE attendance_changes;
DROP TABLE attendances;
DROP TABLE session_rosters;
