//! The OpenAPI document: what the registration of the routes gives, completed by what every operation shares.
//!
//! A handler writes down what is its own: its success, its body, its permission. Headers, preconditions and problems
//! follow from method and path here, once, and the tests hold real answers against them.

mod bilingual;
pub mod code_tables;
mod complete;
mod examples;
mod security;
mod shared;
mod tags;
pub mod texts;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{
    ContactBuilder, Content, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ServerBuilder,
};

pub use self::complete::complete;
pub use self::examples::shape_of;

/// Base path of everything that is versioned.
pub const BASE: &str = "/api/v1";

/// What kind of write an operation is; it stands among its parameters until [`complete()`] has read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It needs an `Idempotency-Key`.
    Keyed,
    /// It is many writes in one: the same, and its answer is no single resource.
    OfMany,
    /// Its answer is a secret: it takes neither an `Idempotency-Key` nor `validate_only`.
    OfSecret,
    /// Its body is a file: the same.
    OfFile,
    /// It marks something: what others have marked meanwhile is no conflict, so it takes no `If-Match`.
    Marking,
}

impl Mark {
    const ALL: [Self; 5] = [Self::Keyed, Self::OfMany, Self::OfSecret, Self::OfFile, Self::Marking];

    const fn name(self) -> &'static str {
        match self {
            Self::Keyed => "(keyed)",
            Self::OfMany => "(of many)",
            Self::OfSecret => "(of secret)",
            Self::OfFile => "(of a file)",
            Self::Marking => "(marking)",
        }
    }
}

/// A mark as a parameter.
#[must_use]
pub fn mark(mark: Mark) -> Parameter {
    ParameterBuilder::new().name(mark.name()).parameter_in(ParameterIn::Query).build()
}

/// Takes the mark off an operation.
fn take_mark(operation: &mut Operation) -> Option<Mark> {
    let parameters = operation.parameters.as_mut()?;
    let of = |one: &RefOr<Parameter>| {
        let RefOr::T(one) = one else { return None };
        Mark::ALL.into_iter().find(|mark| mark.name() == one.name)
    };
    let found = parameters.iter().find_map(of);
    parameters.retain(|one| of(one).is_none());
    found
}

/// Title, version and licence, before any route.
#[must_use]
pub fn blank() -> OpenApi {
    let contact = ContactBuilder::new().name(Some("Kehou 课后")).build();
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build();
    let info = InfoBuilder::new()
        .title("Kehou 课后")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "In-school after-school services of a city, by the book: 课后服务的报备、审核、报名、收费与监管。\n\n\
             Ids are UUIDv7, dates `2024-09-02`, instants RFC 3339, money integer fen in fields ending `_fen`; local \
             time is Asia/Shanghai. Errors are problem documents (RFC 9457) in Chinese or English by \
             `Accept-Language`. Enums are open: later versions may add values. Start at `POST /oauth/token`.",
        ))
        .license(Some(license))
        .contact(Some(contact))
        .build();
    let here = ServerBuilder::new().url("/").description(Some("This service 本服务")).build();
    OpenApiBuilder::new().info(info).servers(Some([here])).tags(Some(tags::all())).build()
}

/// The 401 and 403 of an operation that needs the permission `name`; the 401 names it as the scope of a token.
#[must_use]
pub fn denials(name: &'static str) -> BTreeMap<String, RefOr<Response>> {
    let unauthenticated = ResponseBuilder::new()
        .description("No token, or one that does not hold")
        .content("application/problem+json", problem())
        .header("WWW-Authenticate", challenge_header(name))
        .build();
    let forbidden = problem_response("The caller's role may not do this");
    BTreeMap::from([("401".to_owned(), unauthenticated.into()), ("403".to_owned(), forbidden.into())])
}

fn challenge_header(name: &str) -> Header {
    let example = serde_json::Value::from(format!("Bearer scope=\"{name}\""));
    let schema = ObjectBuilder::new().schema_type(Type::String).examples([example]).build();
    HeaderBuilder::new().schema(Some(schema)).description(Some("The scope that a token needs")).build()
}

fn problem() -> Content {
    Content::new(Some(Ref::from_schema_name("Problem")))
}

fn problem_response(description: &str) -> Response {
    ResponseBuilder::new().description(description).content("application/problem+json", problem()).build()
}

/// Where an operation says which permission it needs, once [`complete()`] has read it off its 401.
const PERMISSION: &str = "x-permission";

/// The permission that an operation needs, or nothing for what is public.
#[must_use]
pub fn permission_of(operation: &Operation) -> Option<String> {
    operation.extensions.as_ref()?.get(PERMISSION)?.as_str().map(str::to_owned)
}

fn named_by_denial(operation: &Operation) -> Option<String> {
    let RefOr::T(unauthenticated) = operation.responses.responses.get("401")? else { return None };
    let header = serde_json::to_value(unauthenticated.headers.get("WWW-Authenticate")?).ok()?;
    let example = header.pointer("/schema/examples/0")?.as_str()?.to_owned();
    Some(example.split('"').nth(1)?.to_owned())
}

/// Moves the permission from the 401, which is then the same everywhere, to the operation.
fn tell_permission(operation: &mut Operation) {
    let Some(name) = named_by_denial(operation) else { return };
    operation.extensions = Some(ExtensionsBuilder::new().add(PERMISSION, name).build());
    if let Some(RefOr::T(unauthenticated)) = operation.responses.responses.get_mut("401") {
        unauthenticated.headers.insert("WWW-Authenticate".to_owned(), challenge_header("<permission>").into());
    }
}

/// What is written once all is told: examples, and what is said alike in one place.
pub fn finish(contract: &mut OpenApi) {
    examples::give(contract);
    shared::share(contract);
    drop_unused(contract);
}

/// Shapes that only parameters had, where they stand written out.
fn drop_unused(contract: &mut OpenApi) {
    let text = serde_json::to_string(contract).unwrap_or_default();
    let names = text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next());
    let used: BTreeSet<&str> = names.collect();
    let Some(components) = contract.components.as_mut().filter(|_| !used.is_empty()) else { return };
    let before = components.schemas.len();
    components.schemas.retain(|name, _| used.contains(name.as_str()));
    if components.schemas.len() < before {
        drop_unused(contract); // what only those referred to
    }
}

/// Every operation: method, path, and what is registered under them.
pub fn operations(contract: &OpenApi) -> impl Iterator<Item = (&'static str, &String, &Operation)> {
    contract.paths.paths.iter().flat_map(|(path, item)| {
        let methods = [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("DELETE", &item.delete)];
        methods.into_iter().filter_map(move |(method, operation)| Some((method, path, operation.as_ref()?)))
    })
}

/// The same, to be completed.
pub fn operations_mut(contract: &mut OpenApi) -> impl Iterator<Item = (&'static str, &str, &mut Operation)> {
    contract.paths.paths.iter_mut().flat_map(|(path, item)| {
        let methods =
            [("GET", &mut item.get), ("POST", &mut item.post), ("PUT", &mut item.put), ("DELETE", &mut item.delete)];
        methods.into_iter().filter_map(move |(method, operation)| Some((method, path.as_str(), operation.as_mut()?)))
    })
}

/// `openapi/v1.json` as it is committed.
///
/// # Errors
/// A defect: the document cannot be written as JSON.
pub fn to_json(contract: &OpenApi) -> Result<String, String> {
    serde_json::to_string_pretty(contract).map(|text| text + "\n").map_err(|error| error.to_string())
}

/// `openapi/operations.txt`: one line per operation, for reviewing who may call what.
#[must_use]
pub fn to_operations(contract: &OpenApi) -> String {
    let mut lines: Vec<String> = operations(contract)
        .map(|(method, path, operation)| {
            let id = operation.operation_id.as_deref().unwrap_or("-");
            let permission = permission_of(operation).unwrap_or_else(|| "public".to_owned());
            format!("{id:<24} {method:<6} {path:<40} {permission}\n")
        })
        .collect();
    lines.sort();
    lines.concat()
}
