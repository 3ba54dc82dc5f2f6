-- Bans of partners (六.5). Several may run at once; one that was lifted counts for nothing.
CREATE TABLE partner_bans (
    id UUID NOT NULL PRIMARY KEY,
    partner_id UUID NOT NULL REFERENCES partners (id),
    authority_id UUID NOT NULL REFERENCES organisations (id),
    starts_on DATE NOT NULL,
    ends_on DATE CHECK (ends_on >= starts_on),
    reason TEXT NOT NULL,
    document TEXT NOT NULL,
    lifted_on DATE,
    lift_reason TEXT,
    lift_document TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK ((lifted_on IS NULL) = (lift_reason IS NULL)),
    CHECK ((lifted_on IS NULL) = (lift_document IS NULL))
);
CREATE INDEX partner_bans_partner ON partner_bans (partner_id);
CREATE INDEX partner_bans_authority ON partner_bans (authority_id);
