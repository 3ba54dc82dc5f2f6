-- What a filing was filed with.
CREATE TABLE filing_materials (
    filing_id UUID NOT NULL REFERENCES filings (id),
    material_id UUID NOT NULL REFERENCES materials (id),
    PRIMARY KEY (filing_id, material_id)
);
CREATE INDEX filing_materials_material ON filing_materials (material_id);
