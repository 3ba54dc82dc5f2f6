-- 资质审核 (六.5): added once and never changed; the latest one counts.
CREATE TABLE partner_reviews (
    id UUID NOT NULL PRIMARY KEY,
    partner_id UUID NOT NULL REFERENCES partners (id),
    authority_id UUID NOT NULL REFERENCES organisations (id),
    outcome TEXT NOT NULL,
    reviewed_on DATE NOT NULL,
    valid_until_on DATE CHECK (valid_until_on >= reviewed_on),
    document TEXT NOT NULL,
    remark TEXT,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX partner_reviews_partner ON partner_reviews (partner_id, reviewed_on);
CREATE INDEX partner_reviews_authority ON partner_reviews (authority_id);
