DROP TABLE filing_materials;
