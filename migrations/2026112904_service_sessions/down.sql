DROP TABLE session_staff;
DROP TABLE service_sessions;
