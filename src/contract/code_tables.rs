//! Code tables 代码表: what the words of each enum, the problem codes, the faults of fields, the rules and the verbs are
//! called. The document's labels and `/code-tables` come from here.

use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::{OpenApi, RefOr, Schema};

use super::texts;

/// One word of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeWord {
    pub word: String,
    pub zh: String,
    pub en: String,
    /// Where a national standard has it: the standard, and its code there.
    pub standard: Option<(String, String)>,
}

/// A list of words with labels; more may come to each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeTable {
    /// The name of the enum in the contract.
    pub name: String,
    pub zh: String,
    pub en: String,
    pub words: Vec<CodeWord>,
}

impl CodeTable {
    /// An enum of the document, by the labels that `openapi/texts` have.
    fn of(name: &str, object: &Object) -> Option<Self> {
        let words = object.enum_values.as_ref()?.iter().filter_map(|word| word.as_str());
        let word = |word: &str| {
            let label = texts::word(name, word);
            let said =
                |of: fn(&texts::Label) -> &String| label.map_or_else(|| word.to_owned(), |label| of(label).clone());
            CodeWord {
                word: word.to_owned(),
                zh: said(|label| &label.zh),
                en: said(|label| &label.en),
                standard: label.and_then(|label| Some((label.standard.clone()?, label.code.clone()?))),
            }
        };
        let told = object.description.clone().unwrap_or_default();
        let (en, zh) = told.split_once("\n\n").unwrap_or((&told, ""));
        Some(Self { name: name.to_owned(), zh: zh.to_owned(), en: en.to_owned(), words: words.map(word).collect() })
    }

    /// The enum of the document: open, and with its labels below what it is.
    #[must_use]
    pub fn schema(&self) -> Schema {
        let words: Vec<&str> = self.words.iter().map(|word| word.word.as_str()).collect();
        let labels = self.words.iter().map(|CodeWord { word, zh, en, .. }| format!("- `{word}` {en} {zh}"));
        let labels = labels.collect::<Vec<_>>().join("\n");
        // One extension: several come in another order each time.
        let open = ExtensionsBuilder::new().add("x-extensible-enum", words.clone()).build();
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(words))
            .description(Some(format!("{}\n\n{}\n\n{labels}", self.en, self.zh)))
            .extensions(Some(open))
            .build()
            .into()
    }
}

/// The tables of all enums of a document that is told in both languages, before their labels stand in it.
#[must_use]
pub fn of_enums(contract: &OpenApi) -> Vec<CodeTable> {
    let schemas = contract.components.iter().flat_map(|components| &components.schemas);
    let tables = schemas.filter_map(|(name, schema)| match schema {
        RefOr::T(Schema::Object(object)) => CodeTable::of(name, object),
        _ => None,
    });
    tables.collect()
}

/// Brings tables into the document, as enums by their names.
pub fn add(contract: &mut OpenApi, tables: &[CodeTable]) {
    let components = contract.components.get_or_insert_default();
    for table in tables {
        components.schemas.insert(table.name.clone(), table.schema().into());
    }
}
