-- 公益组织 and 社会机构 (四.2, 四.3); credit code, name and authority stand in `organisations` under the same id.
CREATE TABLE partners (
    id UUID NOT NULL PRIMARY KEY REFERENCES organisations (id),
    kind TEXT NOT NULL,
    licence_number TEXT NOT NULL,
    licence_document TEXT NOT NULL,
    licence_starts_on DATE NOT NULL,
    licence_ends_on DATE CHECK (licence_ends_on >= licence_starts_on),
    contact_name TEXT NOT NULL,
    contact_phone_sealed TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
