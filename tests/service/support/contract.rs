//! Holds every answer of every test against the contract: status, media type, headers and body.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Value, json};

/// The contract as JSON.
pub static CONTRACT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(kehou::app::contract()).unwrap());

/// The contract with answers closed: a field that is not described is a failure.
static CLOSED: LazyLock<Value> = LazyLock::new(|| {
    let mut contract = CONTRACT.clone();
    let schemas = contract["components"]["schemas"].as_object_mut().unwrap();
    for schema in schemas.values_mut() {
        if schema["type"] == "object" && schema.get("properties").is_some() {
            schema["additionalProperties"] = json!(false);
        }
    }
    contract
});

/// One operation of the contract.
#[derive(Debug, Clone)]
pub struct Operation {
    pub id: String,
    pub method: String,
    pub path: String,
    /// Name of the permission; nothing for what is public.
    pub permission: Option<String>,
    pub value: Value,
}

impl Operation {
    /// Whether the contract requires an `Idempotency-Key`.
    pub fn needs_key(&self) -> bool {
        let needed = |parameter: &Value| parameter["name"] == "Idempotency-Key" && parameter["required"] == true;
        self.value["parameters"].as_array().is_some_and(|all| all.iter().any(needed))
    }

    pub fn has_parameter(&self, name: &str) -> bool {
        self.value["parameters"].as_array().is_some_and(|all| all.iter().any(|parameter| parameter["name"] == name))
    }
}

/// What stands once among the components, in its place: all but schemas and examples.
fn resolved(value: &Value) -> Value {
    let shared = |reference: &str| {
        let is_shape = reference.contains("/schemas/") || reference.contains("/examples/");
        (!is_shape).then(|| CONTRACT.pointer(reference.trim_start_matches('#')).unwrap())
    };
    match value {
        Value::Object(fields) => match fields.get("$ref").and_then(Value::as_str).and_then(shared) {
            Some(component) => resolved(component),
            None => fields.iter().map(|(name, inner)| (name.clone(), resolved(inner))).collect(),
        },
        Value::Array(items) => items.iter().map(resolved).collect(),
        other => other.clone(),
    }
}

/// Every operation, with everything that it shares with others.
pub static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let contract = kehou::app::contract();
    kehou::contract::operations(&contract)
        .map(|(method, path, operation)| Operation {
            id: operation.operation_id.clone().unwrap(),
            method: method.to_owned(),
            path: path.clone(),
            permission: kehou::contract::permission_of(operation),
            value: resolved(&serde_json::to_value(operation).unwrap()),
        })
        .collect()
});

/// An answer as the checks need it.
pub struct Given<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub status: u16,
    pub headers: &'a HashMap<String, String>,
    pub body: &'a [u8],
}

/// Fails when the answer is not what the contract describes. What no operation takes must be a problem document.
pub fn check(given: &Given<'_>) {
    let path = given.path.split('?').next().unwrap();
    let place = format!("{} {} -> {}", given.method, path, given.status);
    let is_page = given.headers.get("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    if given.status >= 400 && !(is_page && path.starts_with("/notices/")) {
        check_problem(given, &place);
    }
    let Some(operation) = operation_of(given.method, path) else {
        assert!(
            given.status >= 400 || ["/", "/openapi.json"].contains(&path) || path.starts_with("/docs"),
            "{place}: not in the contract"
        );
        return;
    };
    let response = &operation.value["responses"][given.status.to_string()];
    assert!(response.is_object(), "{place}: status not in the contract of {}", operation.id);
    let Some(content) = response["content"].as_object() else {
        assert!(given.body.is_empty(), "{place}: a body that the contract does not describe");
        return;
    };
    // What has several media types is described under each.
    let given_type = given.headers.get("content-type").map(String::as_str).unwrap_or_default();
    let found = content.get_key_value(given_type).or_else(|| content.iter().next());
    let (media_type, described) = found.unwrap();
    assert_eq!(given.headers.get("content-type").map(String::as_str), Some(media_type.as_str()), "{place}");
    if media_type.ends_with("json") {
        let body: Value =
            serde_json::from_slice(given.body).unwrap_or_else(|error| panic!("{place}: no JSON: {error}"));
        check_schema(&described["schema"], &body, &place);
    }
    for name in ["etag", "location"] {
        let described =
            response["headers"].as_object().is_some_and(|all| all.keys().any(|k| k.eq_ignore_ascii_case(name)));
        let required = described && given.status < 300 && !path.is_empty() && !is_rehearsal(given.path);
        assert!(!required || given.headers.contains_key(name), "{place}: no {name}");
    }
}

fn is_rehearsal(path: &str) -> bool {
    path.contains("validate_only=true")
}

fn check_problem(given: &Given<'_>, place: &str) {
    let kind = given.headers.get("content-type").map(String::as_str);
    assert_eq!(kind, Some("application/problem+json"), "{place}: {}", String::from_utf8_lossy(given.body));
    let problem: Value = serde_json::from_slice(given.body).unwrap();
    check_schema(&json!({"$ref": "#/components/schemas/Problem"}), &problem, place);
    assert_eq!(problem["status"], given.status, "{place}");
    for text in [&problem["title"], &problem["detail"]] {
        let text = text.as_str().unwrap();
        assert!(!text.contains("problem.") && !text.contains("%{"), "{place}: unfinished text {text}");
    }
    for error in problem["errors"].as_array().unwrap() {
        let text = error["message"].as_str().unwrap();
        assert!(!text.contains("field.") && !text.contains("%{"), "{place}: unfinished text {text}");
    }
    assert!(given.status != 500, "{place}: a defect: {problem}");
    assert_eq!(problem["request_id"].as_str(), given.headers.get("x-request-id").map(String::as_str), "{place}");
    if given.status == 401 || given.status == 403 {
        assert!(given.headers.contains_key("www-authenticate") || problem["code"] == "grant-forbidden", "{place}");
    }
    if given.status == 503 || given.status == 429 {
        assert!(given.headers.contains_key("retry-after"), "{place}");
    }
}

/// Fails when a value is not what a schema describes.
pub fn check_schema(schema: &Value, body: &Value, place: &str) {
    static VALIDATORS: LazyLock<Mutex<HashMap<String, &'static Validator>>> = LazyLock::new(Mutex::default);
    let validator = *VALIDATORS.lock().unwrap().entry(schema.to_string()).or_insert_with(|| {
        let mut root = schema.clone();
        root["components"] = CLOSED["components"].clone();
        Box::leak(Box::new(jsonschema::options().should_validate_formats(true).build(&root).unwrap()))
    });
    if let Err(error) = validator.validate(body) {
        panic!("{place}: {error} at {}", error.instance_path());
    }
}

/// The operation that takes a path.
pub fn operation_of(method: &str, path: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.method == method && matches_template(&operation.path, path))
}

fn matches_template(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/').collect::<Vec<_>>(), path.split('/').collect::<Vec<_>>());
    template.len() == path.len()
        && template.iter().zip(path).all(|(part, given)| part.starts_with('{') || *part == given)
}
