DROP TABLE partner_agreements;
