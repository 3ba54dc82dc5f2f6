"""Harms to plant into a contract, with the kind of change that each is. Places are searched for, not named, so that the
contract may grow."""

from lib.contract import METHODS, Contract
from lib.contract_changes import ANSWERED, SENT


def operations(document, method=None):
    for item in document["paths"].values():
        yield from (item[one] for one in METHODS if one in item and method in (None, one))


def there(document, node):
    return Contract(document).there(node, None)[0]


def reached(document, direction):
    """Every schema that is sent or answered, as it is written."""
    parts = []
    for operation in operations(document):
        if direction == SENT:
            parts += [there(document, one)["schema"] for one in operation.get("parameters", [])]
            several = [operation.get("requestBody", {})]
        else:
            several = [one for status, one in operation["responses"].items() if status.startswith("2")]
        for one in several:
            parts += [media["schema"] for media in there(document, one).get("content", {}).values()]
    seen = set()
    while parts:
        node = parts.pop(0)
        if id(node) in seen or not isinstance(node, dict):
            continue
        seen.add(id(node))
        yield node
        if "$ref" in node:
            parts.append(Contract(document).at(node["$ref"]))
        parts += [*node.get("properties", {}).values(), node.get("items")]
        parts += [part for several in ("oneOf", "anyOf", "allOf") for part in node.get(several, [])]


def first(document, direction, where):
    return next(node for node in reached(document, direction) if where(node))


def one_with(document, direction, keyword):
    return first(document, direction, lambda node: keyword in node)


def operation_with(document, where):
    return next(operation for operation in operations(document) if where(operation))


HARMS = {}


def harm(kind):
    def kept(plant):
        HARMS[plant.__name__] = plant, kind
        return plant

    return kept


# Fields


@harm("answer-field-removed")
def a_field_of_an_answer_goes(document):
    one_with(document, ANSWERED, "properties")["properties"].popitem()


@harm("answer-field-optional")
def a_field_of_an_answer_becomes_optional(document):
    one_with(document, ANSWERED, "required")["required"].pop()


@harm("answer-null-added")
def a_field_of_an_answer_may_be_null(document):
    node = first(document, ANSWERED, lambda node: node.get("type") == "string" and "enum" not in node)
    node["type"] = ["string", "null"]


@harm("answer-null-added")
def a_shared_field_of_an_answer_may_be_null(document):
    def shared(node):
        return any("$ref" in field for field in node.get("properties", {}).values())

    fields = first(document, ANSWERED, shared)["properties"]
    name = next(name for name, field in fields.items() if "$ref" in field)
    fields[name] = {"oneOf": [fields[name], {"type": "null"}]}


@harm("request-null-removed")
def null_is_not_taken_any_more(document):
    node = first(document, SENT, lambda node: len(node.get("oneOf", [])) == 2)
    node["oneOf"] = [part for part in node["oneOf"] if part.get("type") != "null"]


@harm("request-required-field-added")
def a_request_needs_a_new_field(document):
    body = one_with(document, SENT, "properties")
    body["properties"]["planted"] = {"type": "string"}
    body.setdefault("required", []).append("planted")


@harm("request-field-required")
def a_request_needs_a_field_that_was_optional(document):
    body = first(document, SENT, lambda node: node.get("properties", {}).keys() - node.get("required", []))
    body["required"] = list(body["properties"])


@harm("request-field-removed")
def a_field_of_a_request_goes(document):
    name, _ = one_with(document, SENT, "properties")["properties"].popitem()
    for node in reached(document, SENT):
        if name in node.get("required", []):
            node["required"].remove(name)


@harm("request-field-no-longer-kept")
def a_field_that_is_not_sent_is_emptied(document):
    del one_with(document, SENT, "x-kept-when-absent")["x-kept-when-absent"]


@harm("request-more-fields-changed")
def an_open_object_is_closed(document):
    where = lambda node: "properties" in node and "additionalProperties" not in node
    first(document, SENT, where)["additionalProperties"] = False


# Types, words and limits


@harm("answer-type-changed")
def a_number_becomes_a_text(document):
    node = first(document, ANSWERED, lambda node: node.get("type") == "integer")
    node["type"] = "string"


@harm("answer-format-changed")
def an_int32_of_an_answer_becomes_an_int64(document):
    first(document, ANSWERED, lambda node: node.get("format") == "int32")["format"] = "int64"


@harm("request-format-changed")
def an_int32_of_a_request_becomes_an_int64(document):
    first(document, SENT, lambda node: node.get("format") == "int32")["format"] = "int64"


@harm("request-format-changed")
def a_text_of_a_request_becomes_a_date(document):
    first(document, SENT, lambda node: node.get("type") == "string" and "format" not in node)["format"] = "date"


@harm("answer-open-word-added")
def an_open_enum_of_an_answer_gains_a_word(document):
    where = lambda node: "enum" in node and "x-extensible-enum" in node
    first(document, ANSWERED, where)["enum"].append("planted")


@harm("request-word-removed")
def an_enum_of_a_request_loses_a_word(document):
    first(document, SENT, lambda node: len(node.get("enum", [])) > 1)["enum"].pop()


@harm("request-enum-added")
def a_text_of_a_request_becomes_an_enum(document):
    node = first(document, SENT, lambda node: node.get("type") == "string" and "enum" not in node)
    node["enum"] = ["one", "two"]


@harm("request-default-changed")
def what_absent_means_changes(document):
    node = first(document, SENT, lambda node: isinstance(node.get("default"), int))
    node["default"] += 1


@harm("request-unique-items-changed")
def an_array_takes_nothing_twice(document):
    first(document, SENT, lambda node: node.get("type") == "array")["uniqueItems"] = True


@harm("request-pattern-changed")
def a_pattern_changes(document):
    one_with(document, SENT, "pattern")["pattern"] = "^planted$"


def tighten(keyword, by):
    def plant(document):
        one_with(document, SENT, keyword)[keyword] += by

    HARMS[f"a {keyword} is tightened"] = plant, "request-limit-tightened"


for keyword in ("minimum", "minLength", "minItems"):
    tighten(keyword, 1)
for keyword in ("maximum", "maxLength", "maxItems"):
    tighten(keyword, -1)


@harm("request-limit-tightened")
def a_text_gets_a_limit(document):
    first(document, SENT, lambda node: node.get("type") == "string" and "maxLength" not in node)["maxLength"] = 3


@harm("type-renamed")
def a_type_is_renamed(document):
    def rename(node):
        for part in node.values() if isinstance(node, dict) else node:
            if isinstance(part, dict | list):
                rename(part)
        if isinstance(node, dict) and node.get("$ref") == reference:
            node["$ref"] = "#/components/schemas/Planted"

    where = lambda node: "$ref" in node and "properties" in Contract(document).at(node["$ref"])
    reference = first(document, ANSWERED, where)["$ref"]
    schemas = document["components"]["schemas"]
    schemas["Planted"] = schemas.pop(reference.rpartition("/")[2])
    rename(document)


@harm("type-renamed")
def a_field_gets_another_type_of_the_same_shape(document):
    where = lambda node: "$ref" in node and "properties" in Contract(document).at(node["$ref"])
    node = first(document, ANSWERED, where)
    document["components"]["schemas"]["Planted"] = Contract(document).at(node["$ref"])
    node["$ref"] = "#/components/schemas/Planted"


# Operations


@harm("operation-removed")
def a_path_goes(document):
    document["paths"].popitem()


@harm("operation-removed")
def a_method_goes(document):
    item = next(item for item in document["paths"].values() if "post" in item and "get" in item)
    del item["post"]


@harm("name-changed")
def an_operation_is_renamed(document):
    next(operations(document))["operationId"] = "planted"


@harm("name-changed")
def an_operation_moves_to_another_tag(document):
    next(operations(document))["tags"] = ["planted"]


@harm("status-removed")
def a_status_goes(document):
    operation_with(document, lambda operation: "404" in operation["responses"])["responses"].pop("404")


@harm("success-added")
def an_operation_succeeds_otherwise(document):
    operation = operation_with(document, lambda operation: "201" in operation["responses"])
    operation["responses"]["202"] = {"description": "planted"}


@harm("answer-media-removed")
def an_answer_comes_as_something_else(document):
    content = next(there(document, one["responses"]["200"])["content"] for one in operations(document, "get"))
    content["application/cbor"] = content.pop("application/json")


@harm("header-removed")
def a_header_of_an_answer_goes(document):
    where = lambda operation: "ETag" in there(document, operation["responses"].get("200", {})).get("headers", {})
    del there(document, operation_with(document, where)["responses"]["200"])["headers"]["ETag"]


@harm("parameter-removed")
def a_parameter_goes(document):
    operation_with(document, lambda operation: operation.get("parameters"))["parameters"].pop()


@harm("required-parameter-added")
def an_operation_needs_a_new_parameter(document):
    parameter = {"name": "planted", "in": "query", "required": True, "schema": {"type": "string"}}
    next(operations(document)).setdefault("parameters", []).append(parameter)


@harm("parameter-required")
def a_parameter_becomes_required(document):
    optional = lambda one: not there(document, one).get("required", False)
    operation = operation_with(document, lambda operation: any(map(optional, operation.get("parameters", []))))
    there(document, next(filter(optional, operation["parameters"])))["required"] = True


@harm("parameter-written-otherwise")
def a_parameter_is_written_otherwise(document):
    where = lambda operation: operation.get("parameters")
    there(document, operation_with(document, where)["parameters"][0])["style"] = "planted"


@harm("security-needed")
def a_public_operation_needs_a_token(document):
    operation_with(document, lambda operation: operation["security"] == [])["security"] = [{"bearer": []}]


@harm("security-needed")
def an_operation_needs_a_scope(document):
    operation = operation_with(document, lambda operation: operation["security"])
    for way in operation["security"]:
        for scopes in way.values():
            scopes.append("planted")


@harm("security-scheme-changed")
def tokens_are_shown_otherwise(document):
    scheme = next(iter(document["components"]["securitySchemes"].values()))
    scheme["type"] = "planted"


@harm("body-added")
def a_method_needs_a_body(document):
    operation = operation_with(document, lambda operation: "requestBody" not in operation)
    operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": {}}}}
