DROP TABLE leave_requests;
DROP TABLE pickup_persons;
