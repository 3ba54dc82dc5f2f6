DROP TABLE partner_bans;
