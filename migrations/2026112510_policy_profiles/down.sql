DROP TABLE policy_profiles;
