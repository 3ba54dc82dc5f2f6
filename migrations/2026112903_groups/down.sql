DROP TABLE group_members;
DROP TABLE service_groups;
