//! One type for what has one name: integers by their quantity, school years and the words of enums by reference, also
//! in parameters.

use utoipa::openapi::path::Parameter;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, Components, Object, ObjectBuilder, OneOfBuilder};
use utoipa::openapi::schema::{SchemaFormat, SchemaType, Type};
use utoipa::openapi::{KnownFormat, OpenApi, Ref, RefOr, Required, Schema};

use super::{operations_mut, texts};

/// Goes through all schemas of the document.
pub(super) fn unify(contract: &mut OpenApi) {
    let mut components = contract.components.take().unwrap_or_default();
    for (name, schema) in &mut components.schemas {
        each(schema, name, &mut one_type);
    }
    for (_, _, operation) in operations_mut(contract) {
        for parameter in operation.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter {
                of_parameter(parameter, &mut components);
            }
        }
    }
    contract.components = Some(components);
}

/// What a form would fill in by itself is what somebody must give; an id that nobody has narrows a list to nothing.
fn of_parameter(parameter: &mut Parameter, components: &mut Components) {
    let is_optional = !matches!(parameter.required, Required::True);
    let Some(schema) = parameter.schema.as_mut() else { return };
    each(schema, &parameter.name, &mut |name, schema| {
        by_reference(schema, components);
        one_type(name, schema);
        if let RefOr::T(Schema::Object(object)) = schema {
            object.description = None; // the parameter has its own
            if is_optional {
                object.example = None;
                object.examples.clear();
            }
        }
    });
}

/// Asks of a schema and of all that stand in it, by the field in which they stand.
fn each(schema: &mut RefOr<Schema>, name: &str, ask: &mut dyn FnMut(&str, &mut RefOr<Schema>)) {
    ask(name, schema);
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            for (field, property) in &mut object.properties {
                each(property, field, ask);
            }
            if let Some(AdditionalProperties::RefOr(values)) = object.additional_properties.as_deref_mut() {
                each(values, name, ask);
            }
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                each(items, name, ask);
            }
        }
        Schema::OneOf(one) => one.items.iter_mut().for_each(|item| each(item, name, ask)),
        _ => {}
    }
}

/// Money, bytes and versions may pass what 32 bits hold; nothing else does.
fn format_of(name: &str) -> KnownFormat {
    let is_wide = name.ends_with("_fen") || name == "bytes" || name == "version" || name.ends_with("_version");
    if is_wide { KnownFormat::Int64 } else { KnownFormat::Int32 }
}

fn has(object: &Object, wanted: &Type) -> bool {
    match &object.schema_type {
        SchemaType::Type(one) => one == wanted,
        SchemaType::Array(several) => several.contains(wanted),
        SchemaType::AnyValue => false,
    }
}

fn one_type(name: &str, schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::Object(object)) = schema else { return };
    if has(object, &Type::Integer) {
        object.format = Some(SchemaFormat::KnownFormat(format_of(name)));
    }
    if name == "school_year" && has(object, &Type::String) {
        *schema = referred(Ref::from_schema_name("SchoolYear"), object.description.take(), has(object, &Type::Null));
    }
}

/// A reference with what is said of it here.
fn referred(mut to: Ref, description: Option<String>, or_null: bool) -> RefOr<Schema> {
    if or_null {
        let null = ObjectBuilder::new().schema_type(Type::Null).build();
        return Schema::OneOf(OneOfBuilder::new().item(null).item(to).description(description).build()).into();
    }
    to.description = description.unwrap_or_default();
    to.into()
}

/// Words that an enum of the document has are given by its name. An enum that stands in parameters only comes to the
/// others, under the name that its labels have.
fn by_reference(schema: &mut RefOr<Schema>, components: &mut Components) {
    let RefOr::T(Schema::Object(own)) = schema else { return };
    let Some(words) = &own.enum_values else { return };
    let is_own = |schema: &RefOr<Schema>| match schema {
        RefOr::T(Schema::Object(known)) => known.enum_values == own.enum_values && known.description == own.description,
        _ => false,
    };
    let known = components.schemas.iter().find(|(_, schema)| is_own(schema)).map(|(name, _)| name.clone());
    let Some(name) = known.or_else(|| texts::enum_of(words)) else { return };
    let own = RefOr::T(Schema::Object(own.clone()));
    components.schemas.entry(name.clone()).or_insert(own);
    *schema = Ref::from_schema_name(name).into();
}
