//! Words that tables of the code hold, as enums of the document: problem codes, faults of fields, rules, and what may
//! be called on each thing.

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ArrayBuilder, ArrayItems};
use utoipa::openapi::{OpenApi, Ref, RefOr, Schema};

use crate::auth::Life;
use crate::contract::code_tables::{self, CodeTable, CodeWord};
use crate::contract::{BASE, operations, shape_of};
use crate::http::Language;
use crate::refusal::{Code, Fault};
use crate::rules::RULES;

/// Fields that hold such words, wherever they stand.
const FIELDS: [(&str, &str, &str); 3] =
    [("Problem", "code", "ProblemCode"), ("ErrorOut", "code", "FieldFault"), ("FindingOut", "rule", "RuleId")];

/// Shapes that show what may be called on a thing under another name than the thing's own.
const SHOWN_BESIDE: [(&str, &str); 1] = [("OwnEnrollmentOut", "enrollments")];

/// A word with the labels that `locales/` have under a key; what is filled in stands as an ellipsis.
fn word(word: &str, key: &str) -> CodeWord {
    let label = |language: Language| {
        let text = language.text(key, []);
        let parts = text.split("%{").enumerate().map(|(place, part)| match (place, part.split_once('}')) {
            (0, _) | (_, None) => part.to_owned(),
            (_, Some((_, rest))) => format!("…{rest}"),
        });
        parts.collect::<String>()
    };
    CodeWord { word: word.to_owned(), zh: label(Language::Zh), en: label(Language::En), standard: None }
}

fn table(name: &str, (en, zh): (&str, &str), words: impl IntoIterator<Item = CodeWord>) -> CodeTable {
    CodeTable { name: name.to_owned(), zh: zh.to_owned(), en: en.to_owned(), words: words.into_iter().collect() }
}

/// What problems, faults of fields and rules are called.
fn of_refusals() -> [CodeTable; 3] {
    let codes = Code::ALL.iter().map(|code| word(code.slug(), &format!("problem.{}.title", code.slug())));
    let faults = Fault::ALL.iter().map(|fault| word(fault.slug(), &format!("field.{}", fault.slug())));
    let rules = RULES.iter().map(|rule| word(rule.id, &rule.title_key()));
    [
        table("ProblemCode", ("What was refused. Other codes may come.", "拒绝的原因，可能新增其他代码。"), codes),
        table(
            "FieldFault",
            ("What is wrong with a field. Other words may come.", "字段的错误，可能新增其他代码。"),
            faults,
        ),
        table("RuleId", ("A rule of the policy. Other rules may come.", "审查规则，可能新增其他规则。"), rules),
    ]
}

/// What may be called on the things of a collection, by the tables of all lives.
fn verbs_on(collection: &str, lives: &[&'static Life]) -> Vec<&'static str> {
    let rows = lives.iter().flat_map(|life| life.verbs.iter().map(move |verb| (*life, verb)));
    let mut words: Vec<&str> = Vec::new();
    for word in rows.filter_map(|(life, verb)| life.word_on(collection, verb)) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// The collection whose things a shape shows.
fn collection_of(shape: &str, document: &OpenApi) -> Option<String> {
    if let Some((_, collection)) = SHOWN_BESIDE.iter().find(|(name, _)| *name == shape) {
        return Some((*collection).to_owned());
    }
    let shows = |operation: &Operation| {
        let Some(RefOr::T(response)) = operation.responses.responses.get("200") else { return false };
        response.content.values().any(|content| shape_of(content) == Some(shape))
    };
    let mut gets = operations(document).filter(|(method, path, _)| *method == "GET" && path.ends_with("/{id}"));
    let (_, path, _) = gets.find(|(_, _, operation)| shows(operation))?;
    Some(path.strip_prefix(BASE)?.trim_start_matches('/').trim_end_matches("/{id}").to_owned())
}

/// Shapes that say what may be called, each with its table; one on which nothing is called has none.
fn of_verbs(document: &OpenApi, lives: &[&'static Life]) -> Vec<(String, CodeTable)> {
    let of_offers = (
        "What may be chosen: both are `POST /enrollments`. Other words may come.",
        "可以作出的选择，均为 `POST /enrollments`；可能新增其他选择。",
    );
    let told = (
        "What may be called: `update` is PUT, `delete` is DELETE, any other is `POST …/{verb}`. Other verbs may come.",
        "可以执行的操作：`update` 为 PUT，`delete` 为 DELETE，其他为 `POST …/{verb}`；可能新增其他操作。",
    );
    let says = |schema: &RefOr<Schema>| match schema {
        RefOr::T(Schema::Object(object)) => object.properties.contains_key("can"),
        _ => false,
    };
    let schemas = document.components.iter().flat_map(|components| &components.schemas);
    let tables = schemas.filter(|(_, schema)| says(schema)).filter_map(|(shape, _)| {
        let (words, name, told) = if shape == "OfferOut" {
            (vec!["apply", "decline"], "OfferVerb".to_owned(), of_offers)
        } else {
            let collection = collection_of(shape, document)?;
            (
                verbs_on(&collection, lives),
                format!("{}Verb", shape.trim_start_matches("Own").strip_suffix("Out")?),
                told,
            )
        };
        let words: Vec<CodeWord> = words.into_iter().map(|verb| word(verb, &format!("verb.{verb}"))).collect();
        (!words.is_empty()).then(|| (shape.clone(), table(&name, told, words)))
    });
    tables.collect()
}

/// Brings the tables of the code into the document, and refers to them where their words stand. Gives all tables of the
/// document by their names, also those of the enums that have their labels in `openapi/texts`.
pub(super) fn refer_to_all(document: &mut OpenApi, lives: &[&'static Life]) -> Vec<CodeTable> {
    let verbs = of_verbs(document, lives);
    let mut tables = code_tables::of_enums(document);
    tables.extend(of_refusals());
    tables.extend(verbs.iter().map(|(_, table)| table.clone()));
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    tables.dedup(); // what is shown in two shapes
    code_tables::add(document, &tables);
    for (shape, field, name) in FIELDS {
        refer(document, shape, field, |own| {
            let mut to = Ref::from_schema_name(name);
            to.description = own;
            to.into()
        });
    }
    for (shape, table) in &verbs {
        refer(document, shape, "can", |own| {
            let words = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(&table.name).into()));
            ArrayBuilder::new().items(words).description(Some(own)).build().into()
        });
    }
    tables
}

/// Puts a field's schema in the place of the one that it has; it keeps its description.
fn refer(document: &mut OpenApi, shape: &str, field: &str, to: impl FnOnce(String) -> RefOr<Schema>) {
    let schema = document.components.as_mut().and_then(|components| components.schemas.get_mut(shape));
    let Some(RefOr::T(Schema::Object(object))) = schema else { return };
    let Some(property) = object.properties.get_mut(field) else { return };
    let own = match &*property {
        RefOr::T(Schema::Object(own)) => own.description.clone(),
        RefOr::T(Schema::Array(own)) => own.description.clone(),
        _ => None,
    };
    *property = to(own.unwrap_or_default());
}
