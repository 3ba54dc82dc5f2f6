//! What every operation shares, added by method and path.

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayItems, ObjectBuilder, Schema, Type};
use utoipa::openapi::{ComponentsBuilder, OpenApi, Ref, RefOr, Required};
use utoipa::{PartialSchema, ToSchema};

use super::{BASE, Mark, bilingual, operations_mut, problem_response, security, take_mark, types};
use crate::http::Problem;
use crate::refusal::Code;

/// Where tokens are asked for and given back.
const OF_FORMS: &str = "/oauth/";

/// Where an account that there is already brings the code of an invitation.
const OF_CODE: &str = "/api/v1/me/guardianships";

/// What method and path say about an operation.
struct Shape<'a> {
    method: &'a str,
    path: &'a str,
    has_body: bool,
    is_public: bool,
    mark: Option<Mark>,
}

impl Shape<'_> {
    fn is_versioned(&self) -> bool {
        self.path.starts_with(BASE)
    }

    fn is_write(&self) -> bool {
        self.is_versioned() && self.method != "GET" && !self.is_check()
    }

    /// It judges a body, or works something out, and changes nothing.
    fn is_check(&self) -> bool {
        self.path.contains("/checks/") || self.path.ends_with("/draft-projects")
    }

    /// PUT, DELETE and state verbs change a row that the caller has seen.
    fn is_guarded(&self) -> bool {
        let verb = self.method == "POST" && self.path.contains("{id}/");
        self.mark != Some(Mark::Marking) && self.is_write() && (verb || self.method == "PUT" || self.method == "DELETE")
    }

    fn has_id(&self) -> bool {
        self.path.contains("{id}") || self.path.contains("{secret}")
    }

    /// It takes neither an `Idempotency-Key` nor `validate_only`.
    fn is_for_real(&self) -> bool {
        matches!(self.mark, Some(Mark::OfSecret | Mark::OfFile))
    }

    /// Nobody keeps its answer.
    fn is_of_secret(&self) -> bool {
        self.mark == Some(Mark::OfSecret)
    }

    fn needs_key(&self) -> bool {
        matches!(self.mark, Some(Mark::Keyed | Mark::OfMany))
    }

    /// Whoever tries it too often waits.
    fn counts_tries(&self) -> bool {
        self.is_write() && (self.is_public || self.path.ends_with("change-secret") || self.path == OF_CODE)
    }

    fn is_list(&self, operation: &Operation) -> bool {
        self.method == "GET"
            && operation
                .parameters
                .iter()
                .flatten()
                .any(|parameter| matches!(parameter, RefOr::T(p) if p.name == "cursor"))
    }
}

/// Completes the document.
pub fn complete(contract: &mut OpenApi) {
    let components = contract.components.take().unwrap_or_else(|| ComponentsBuilder::new().build());
    let mut components = components;
    security::tell_schemes(&mut components);
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    for (name, schema) in &mut components.schemas {
        refuse_other_fields(name, schema);
        require_what_is_always_there(name, schema);
        merge_descriptions(schema);
        refer_to_items(name, schema);
    }
    contract.components = Some(components);
    types::unify(contract);

    for (method, path, operation) in operations_mut(contract) {
        let has_body = operation.request_body.is_some();
        super::tell_permission(operation);
        let is_public = super::permission_of(operation).is_none();
        let mark = take_mark(operation);
        let shape = Shape { method, path, has_body, is_public, mark };
        security::tell(operation, shape.is_public);
        add_parameters(operation, &shape);
        add_problems(operation, &shape);
        add_headers(operation, &shape);
        bilingual::operation(operation);
        name_codes(operation, path);
    }
    bilingual::schemas(contract);
}

/// Bodies refuse what they do not know, and say so.
fn refuse_other_fields(name: &str, schema: &mut RefOr<Schema>) {
    if name.ends_with("In")
        && let RefOr::T(Schema::Object(object)) = schema
    {
        object.additional_properties = Some(Box::new(utoipa::openapi::schema::AdditionalProperties::FreeForm(false)));
    }
}

/// Fields of answers that are left out when there is nothing to say; every other field is always there, if only as
/// null.
const LEFT_OUT: [&str; 4] = ["findings", "exemption", "refresh_token", "refresh_expires_in"];

/// What can be null is still there: a client that knows so need not ask whether a field is absent.
fn require_what_is_always_there(name: &str, schema: &mut RefOr<Schema>) {
    if name.ends_with("Out")
        && let RefOr::T(Schema::Object(object)) = schema
    {
        let absent = |field: &String| LEFT_OUT.contains(&field.as_str()) || object.required.contains(field);
        let missing: Vec<String> = object.properties.keys().filter(|field| !absent(field)).cloned().collect();
        object.required.extend(missing);
    }
}

/// A described field of an inlined type comes as `allOf` of the type and an empty object, which no value can be both.
fn merge_descriptions(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::Object(object)) = schema else { return };
    for property in object.properties.values_mut() {
        let RefOr::T(Schema::AllOf(all)) = property else { continue };
        let [RefOr::T(inlined), RefOr::T(Schema::Object(described))] = all.items.as_slice() else { continue };
        let mut merged = inlined.clone();
        match &mut merged {
            Schema::Object(object) => object.description.clone_from(&described.description),
            Schema::Array(array) => array.description.clone_from(&described.description),
            _ => continue,
        }
        *property = RefOr::T(merged);
    }
}

/// A page's items come inlined; every schema has a name, so they are referred to by it.
fn refer_to_items(name: &str, schema: &mut RefOr<Schema>) {
    let Some(item) = name.strip_prefix("Page_") else { return };
    if let RefOr::T(Schema::Object(page)) = schema
        && let Some(RefOr::T(Schema::Array(items))) = page.properties.get_mut("items")
    {
        items.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(item).into()));
    }
}

fn text(min: usize, max: usize) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).min_length(Some(min)).max_length(Some(max))
}

fn header_parameter(name: &str, required: Required, schema: ObjectBuilder, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .schema(Some(schema.build()))
        .description(Some(description))
        .build()
}

fn add_parameters(operation: &mut Operation, shape: &Shape<'_>) {
    let mut added = Vec::new();
    let tags = || text(1, 256).pattern(Some("^\"[!#-~]*\"(, ?\"[!#-~]*\")*$"));
    if shape.is_guarded() {
        let description = "`ETag` of the resource as it was read, or `\"<version>\"`";
        added.push(header_parameter("If-Match", Required::True, tags(), description));
    }
    if shape.is_versioned() && shape.method == "GET" && !shape.is_list(operation) {
        let description = "`ETag` that the caller has; 304 if it is still the same";
        added.push(header_parameter("If-None-Match", Required::False, tags(), description));
    }
    if shape.is_write() && shape.method == "POST" && !shape.is_for_real() {
        let schema = text(1, 255).pattern(Some("^[!-~]+$"));
        let description = "A repeat with the same key gives the first answer again, for 30 days";
        let required = if shape.needs_key() { Required::True } else { Required::False };
        added.push(header_parameter("Idempotency-Key", required, schema, description));
    }
    if shape.is_write() && !shape.is_for_real() {
        let schema = ObjectBuilder::new().schema_type(Type::Boolean).default(Some(false.into()));
        let description = "Check everything, change nothing: 200 with `findings`, or the refusal as it would be";
        added.push(
            ParameterBuilder::new()
                .name("validate_only")
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .schema(Some(schema.build()))
                .description(Some(description))
                .build(),
        );
    }
    operation.parameters.get_or_insert_default().extend(added.into_iter().map(RefOr::T));
}

fn add_problems(operation: &mut Operation, shape: &Shape<'_>) {
    let is_form = shape.path.starts_with(OF_FORMS);
    let table: [(&str, bool, &str); 11] = [
        ("400", shape.is_versioned() || is_form, "Cannot be parsed: JSON, query, path, header or cursor"),
        ("404", shape.has_id(), "No such thing, or none that the caller may know of"),
        ("408", shape.has_body, "The body came too slowly"),
        ("409", shape.is_write(), "The state, a natural key or a running request under the same key forbids it"),
        ("412", shape.is_guarded(), "Changed since it was read"),
        ("413", shape.has_body, "The body is too large"),
        ("415", shape.has_body, "The body is of another media type"),
        ("422", shape.is_write(), "Invalid, or refused by a rule"),
        ("428", shape.is_guarded(), "`If-Match` is missing"),
        ("429", is_form || shape.counts_tries(), "Too many tries"),
        ("503", shape.is_versioned() || is_form, "Cannot be answered now; see `Retry-After`"),
    ];
    for (status, applies, description) in table {
        let responses = &mut operation.responses.responses;
        if applies && !responses.contains_key(status) {
            responses.insert(status.to_owned(), problem_response(description).into());
        }
    }
    if shape.is_versioned() && shape.method == "GET" && !shape.is_list(operation) {
        let unchanged = utoipa::openapi::ResponseBuilder::new().description("The caller has it already").build();
        operation.responses.responses.insert("304".to_owned(), unchanged.into());
    }
    if shape.is_write()
        && !shape.is_for_real()
        && let Some(created) = operation.responses.responses.get("201").cloned()
        && let RefOr::T(mut rehearsed) = created
    {
        "With `validate_only`: what would have been created".clone_into(&mut rehearsed.description);
        operation.responses.responses.insert("200".to_owned(), rehearsed.into());
    }
}

/// Codes that are given where tokens are.
const OF_TOKENS: [Code; 5] = [
    Code::OauthInvalidRequest,
    Code::OauthUnsupportedGrant,
    Code::NoActiveRole,
    Code::OauthInvalidGrant,
    Code::OauthInvalidClient,
];

/// Beside what a problem answer says stand the codes that go with its status.
fn name_codes(operation: &mut Operation, path: &str) {
    let is_form = path.starts_with(OF_FORMS);
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let is_given = |code: &&Code| is_form || !OF_TOKENS.contains(code);
        let of_status = Code::ALL.iter().filter(is_given).filter(|code| code.status().to_string() == *status);
        let codes: Vec<String> = of_status.map(|code| format!("`{}`", code.slug())).collect();
        if codes.is_empty() || !response.content.contains_key("application/problem+json") {
            continue;
        }
        let Some((english, chinese)) = response.description.split_once("\n\n") else { continue };
        let (english, chinese) = (english.trim_end_matches('.'), chinese.trim_end_matches('。'));
        response.description = format!(
            "{english}. Codes of this status: {}.\n\n{chinese}。此状态的代码：{}。",
            codes.join(", "),
            codes.join("、")
        );
    }
}

fn header(description: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .description(Some(description))
        .build()
}

fn add_headers(operation: &mut Operation, shape: &Shape<'_>) {
    let is_list = shape.is_list(operation);
    let is_single = shape.is_versioned() && !is_list && !shape.is_check();
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let headers = &mut response.headers;
        headers.insert("X-Request-Id".to_owned(), header("Names this request in the service's log").into());
        if response.content.keys().any(|kind| kind.ends_with("json")) {
            headers.insert("Content-Language".to_owned(), header("Language of the sentences: `zh` or `en`").into());
        }
        match status.as_str() {
            "200" | "201" if is_single => {
                if !shape.is_of_secret() && !matches!(shape.mark, Some(Mark::OfMany | Mark::Marking)) {
                    headers.insert("ETag".to_owned(), header("Version and digest of this answer").into());
                }
                if shape.method == "POST" && !shape.is_for_real() {
                    let replayed = header("`true` when this answer was given before under the same key");
                    headers.insert("Idempotency-Replayed".to_owned(), replayed.into());
                }
                if status == "201" {
                    headers.insert("Location".to_owned(), header("Where the new resource is").into());
                }
            }
            "200" if is_list => {
                headers.insert("Link".to_owned(), header("The next page, `rel=\"next\"`").into());
            }
            "409" | "429" | "503" => {
                headers.insert("Retry-After".to_owned(), header("Seconds to wait, where waiting helps").into());
            }
            _ => {}
        }
    }
}
