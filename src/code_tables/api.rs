//! `/code-tables`.

use actix_web::{HttpRequest, get, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CodeTables;
use crate::contract::code_tables::{CodeTable, CodeWord};
use crate::http::{Answered, NoQuery, Query, ServiceConfig};
use crate::refusal::{Code, Refusal};

/// Every code table 代码表.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CodeTablesOut {
    /// By their names.
    pub items: Vec<CodeTableOut>,
}

/// The words of one enum, with what they are called on a screen 代码表.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CodeTableOut {
    /// The name of the enum in the contract: `ProjectCategory`.
    pub name: String,
    /// What the words are, in Chinese.
    pub description_zh: String,
    /// What the words are, in English.
    pub description_en: String,
    /// In the order of the contract; more may come.
    pub words: Vec<CodeWordOut>,
}

/// One word of a table.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CodeWordOut {
    /// As it stands in bodies and answers.
    #[schema(example = "homework")]
    pub word: String,
    /// What a screen in Chinese calls it.
    #[schema(example = "作业辅导")]
    pub label_zh: String,
    /// What a screen in English calls it.
    #[schema(example = "Homework")]
    pub label_en: String,
    /// The national standard that has it; null where none has.
    #[schema(example = "GB/T 4761")]
    pub standard: Option<String>,
    /// Its code in that standard; null where none has it.
    #[schema(example = "51")]
    pub standard_code: Option<String>,
}

impl From<&CodeWord> for CodeWordOut {
    fn from(word: &CodeWord) -> Self {
        let (standard, standard_code) = word.standard.clone().unzip();
        Self { word: word.word.clone(), label_zh: word.zh.clone(), label_en: word.en.clone(), standard, standard_code }
    }
}

impl From<&CodeTable> for CodeTableOut {
    fn from(table: &CodeTable) -> Self {
        Self {
            name: table.name.clone(),
            description_zh: table.zh.clone(),
            description_en: table.en.clone(),
            words: table.words.iter().map(CodeWordOut::from).collect(),
        }
    }
}

impl From<&[CodeTable]> for CodeTablesOut {
    fn from(tables: &[CodeTable]) -> Self {
        Self { items: tables.iter().map(CodeTableOut::from).collect() }
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_code_tables).service(get_code_table);
}

/// All code tables in one answer, to be kept by a front end 全部代码表
#[utoipa::path(tag = "code-tables",
    responses((status = 200, description = "The tables", body = CodeTablesOut)))]
#[get("/code-tables")]
async fn list_code_tables(_: Query<NoQuery>, request: HttpRequest, tables: web::Data<CodeTables>) -> Answered {
    tables.all.answer(&request)
}

/// One code table 代码表
#[utoipa::path(tag = "code-tables",
    params(("name" = String, Path, description = "The name of an enum in the contract: `ProjectCategory`",
        min_length = 1, max_length = 60, pattern = "^[A-Za-z]+$")),
    responses((status = 200, description = "The table", body = CodeTableOut),
        (status = 404, description = "The contract has no such enum", body = crate::http::Problem,
            content_type = "application/problem+json")))]
#[get("/code-tables/{name}")]
async fn get_code_table(
    _: Query<NoQuery>,
    request: HttpRequest,
    name: web::Path<String>,
    tables: web::Data<CodeTables>,
) -> Answered {
    let table = tables.named(name.as_str()).ok_or_else(|| Refusal::of(Code::NotFound))?;
    table.answer(&request)
}
