//! `/code-tables` 代码表: every word that the contract knows, as screens show it, in both languages. They are written with
//! the contract, and the binary carries them as they are committed.

mod api;

pub use self::api::routes;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use self::api::CodeTablesOut;
use crate::contract::code_tables::CodeTable;
use crate::http::Fixed;
use crate::refusal::Refusal;

/// `openapi/code-tables.json`, packed.
const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/code-tables.json"));

/// All tables, and each by its name; they change with the service only.
#[derive(Debug, Clone)]
pub struct CodeTables {
    all: Fixed,
    by_name: Arc<OnceLock<BTreeMap<String, Fixed>>>,
}

impl Default for CodeTables {
    fn default() -> Self {
        Self { all: Fixed::packed("application/json", PACKED), by_name: Arc::default() }
    }
}

impl CodeTables {
    /// One table, taken out of all when somebody asks for the first.
    fn named(&self, name: &str) -> Option<&Fixed> {
        let apart = || -> Result<BTreeMap<String, Fixed>, Refusal> {
            let all: CodeTablesOut = serde_json::from_slice(&self.all.plain()).map_err(Refusal::internal)?;
            all.items.iter().map(|table| Ok((table.name.clone(), Fixed::of(table)?))).collect()
        };
        self.by_name.get_or_init(|| apart().unwrap_or_default()).get(name)
    }
}

/// The tables as they are committed.
///
/// # Errors
/// A defect: a table cannot be written as JSON.
pub fn to_json(tables: &[CodeTable]) -> Result<String, String> {
    let text = serde_json::to_string_pretty(&CodeTablesOut::from(tables));
    text.map(|text| text + "\n").map_err(|error| error.to_string())
}
