//! An example of every body and of every answer, as the tested stories sent and got them: `openapi/examples.json`, by
//! the name of the shape.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr};

use super::{operations_mut, texts};

static EXAMPLES: LazyLock<BTreeMap<String, Value>> =
    LazyLock::new(|| texts::read(include_str!("../../openapi/examples.json")));

/// The shape of a content, by its name.
#[must_use]
pub fn shape_of(content: &RefOr<Content>) -> Option<&str> {
    let RefOr::T(content) = content else { return None };
    match content.schema.as_ref()? {
        RefOr::Ref(reference) => reference.ref_location.rsplit('/').next(),
        RefOr::T(_) => None,
    }
}

/// Refers to the example of a shape, where there is one.
fn show(content: &mut RefOr<Content>, used: &mut BTreeMap<String, RefOr<Example>>) {
    let Some((name, value)) = shape_of(content).and_then(|name| EXAMPLES.get_key_value(name)) else { return };
    let RefOr::T(content) = content else { return };
    let example = ExampleBuilder::new().summary("From a tested story 取自经过测试的流程").value(Some(value.clone()));
    used.entry(name.clone()).or_insert_with(|| example.into());
    let there = Ref::new(format!("#/components/examples/{name}"));
    content.examples.insert("story".to_owned(), RefOr::Ref(there));
}

/// Gives bodies and answers their examples.
pub(super) fn give(contract: &mut OpenApi) {
    let mut used = BTreeMap::new();
    for (_, _, operation) in operations_mut(contract) {
        if let Some(RefOr::T(body)) = &mut operation.request_body {
            body.content.values_mut().for_each(|content| show(content, &mut used));
        }
        for response in operation.responses.responses.values_mut() {
            let RefOr::T(response) = response else { continue };
            response.content.values_mut().for_each(|content| show(content, &mut used));
        }
    }
    if let Some(components) = contract.components.as_mut() {
        components.examples = used;
    }
}
