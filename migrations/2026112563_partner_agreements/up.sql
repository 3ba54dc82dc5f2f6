-- 合作协议 between a school and a partner (四.2, 四.3, 五.2); what was signed has its day and its scan.
CREATE TABLE partner_agreements (
    id UUID NOT NULL PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES organisations (id),
    partner_id UUID NOT NULL REFERENCES partners (id),
    title TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL CHECK (ends_on >= starts_on),
    who_pays TEXT NOT NULL,
    fee_terms TEXT,
    necessity TEXT,
    state TEXT NOT NULL,
    signed_on DATE,
    document TEXT,
    ended_on DATE,
    end_reason TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK ((signed_on IS NULL) = (document IS NULL)),
    CHECK ((ended_on IS NULL) = (end_reason IS NULL)),
    CHECK (state <> 'signed' OR signed_on IS NOT NULL)
);
CREATE INDEX partner_agreements_school ON partner_agreements (school_id, partner_id);
CREATE INDEX partner_agreements_partner ON partner_agreements (partner_id);
