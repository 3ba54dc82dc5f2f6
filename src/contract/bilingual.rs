//! Every description in English and Chinese.

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems};
use utoipa::openapi::{OpenApi, RefOr, Schema};

use super::texts;

/// A description in both languages, or that of the name where there is none.
fn told(description: &mut Option<String>, name: &str) {
    *description = match description.take().filter(|text| !text.trim().is_empty()) {
        Some(text) => Some(texts::bilingual(&text)),
        None => texts::named(name),
    };
}

/// Translates what all schemas say.
pub(super) fn schemas(contract: &mut OpenApi) {
    let Some(components) = contract.components.as_mut() else { return };
    for (name, schema) in &mut components.schemas {
        if let RefOr::T(schema) = schema {
            of_schema(schema, name);
        }
    }
}

fn of_ref_or(schema: &mut RefOr<Schema>, name: &str) {
    match schema {
        RefOr::T(schema) => of_schema(schema, name),
        // Beside a reference 3.1 takes a description, too.
        RefOr::Ref(reference) => {
            let mut description = Some(std::mem::take(&mut reference.description));
            told(&mut description, name);
            reference.description = description.unwrap_or_default();
        }
    }
}

fn of_schema(schema: &mut Schema, name: &str) {
    match schema {
        Schema::Object(object) => {
            told(&mut object.description, name);
            for (field, property) in &mut object.properties {
                of_ref_or(property, field);
            }
            if let Some(AdditionalProperties::RefOr(RefOr::T(Schema::Object(values)))) =
                object.additional_properties.as_deref_mut()
            {
                values.description = values.description.take().map(|text| texts::bilingual(&text));
            }
        }
        Schema::Array(array) => {
            told(&mut array.description, name);
            if let ArrayItems::RefOrSchema(items) = &mut array.items
                && let RefOr::T(Schema::Object(item)) = items.as_mut()
            {
                item.description = item.description.take().map(|text| texts::bilingual(&text));
            }
        }
        Schema::OneOf(one) => {
            // What is said of a reference that may be null is said of the field.
            for item in &mut one.items {
                if let RefOr::Ref(reference) = item {
                    let own = Some(std::mem::take(&mut reference.description)).filter(|own| !own.is_empty());
                    one.description = one.description.take().or(own);
                }
            }
            told(&mut one.description, name);
        }
        Schema::AllOf(all) => told(&mut all.description, name),
        _ => {}
    }
}

/// Translates what an operation says of its parameters, its body and its answers.
pub(super) fn operation(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            told(&mut parameter.description, &parameter.name);
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.description = body.description.take().map(|text| texts::bilingual(&text));
    }
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else { continue };
        response.description = texts::bilingual(&response.description);
        for (name, header) in &mut response.headers {
            if let RefOr::T(header) = header {
                told(&mut header.description, name);
            }
        }
    }
}
