//! `/code-tables` 代码表: every word that the contract knows, as screens show it, in both languages.

mod api;

pub use self::api::routes;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::api::{CodeTableOut, CodeTablesOut};
use crate::contract::code_tables::CodeTable;
use crate::http::Fixed;
use crate::refusal::Refusal;

/// All tables, and each by its name; they change with the service only.
#[derive(Debug, Clone)]
pub struct CodeTables {
    all: Fixed,
    by_name: Arc<BTreeMap<String, Fixed>>,
}

impl CodeTables {
    /// The tables as they are answered.
    ///
    /// # Errors
    /// A defect: a table cannot be written as JSON.
    pub fn of(tables: &[CodeTable]) -> Result<Self, Refusal> {
        let items: Vec<CodeTableOut> = tables.iter().map(CodeTableOut::from).collect();
        let by_name = items.iter().map(|table| Ok((table.name.clone(), Fixed::of(table)?)));
        let by_name = by_name.collect::<Result<BTreeMap<_, _>, Refusal>>()?;
        Ok(Self { all: Fixed::of(&CodeTablesOut { items })?, by_name: Arc::new(by_name) })
    }
}
