"""Parses a generated client and looks for what its settings are to do.

    parse_clients.py (swift | dart) FOLDER

Run by scripts/generated-clients in the environment that holds the parsers. Blocks of code in the language's README are
parsed with it."""

import importlib
import json
import pathlib
import re
import sys

from tree_sitter import Language, Parser

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# An enum of a model, and the word in it for all that it does not know.
ENUM = {"swift": r"enum \w+: String, Sendable, Codable", "dart": r"extends EnumClass"}
UNKNOWN = {"swift": r'= "unknown_default_open_api"', "dart": r"r'unknown_default_open_api', fallback: true"}
# What a property that is a day is declared as.
DAY = {
    "swift": r"var (\w+): OpenAPIDateWithoutTime\??$",
    "dart": r"^  Date\?? get (\w+);$",
}
# Sources that the contract shapes; the rest is the generator's own, and the grammar is behind the newest Swift.
SHAPED = {"swift": ("Models", "APIs"), "dart": ("model", "api")}


def broken(node):
    if node.type == "ERROR" or node.is_missing:
        return node
    return next((found for child in node.children if child.has_error and (found := broken(child))), None)


def forms(paths):
    """Schemas of forms: a generator makes parameters of their fields, and no model."""
    operations = [operation for of_path in paths.values() for operation in of_path.values() if isinstance(operation, dict)]
    contents = [operation.get("requestBody", {}).get("content", {}) for operation in operations]
    found = [content["multipart/form-data"]["schema"].get("$ref", "") for content in contents if "multipart/form-data" in content]
    return {ref.rpartition("/")[2] for ref in found}


def days(schemas, but):
    """How many fields of the contract's models are days, by themselves or as a component is."""

    def is_day(field):
        named = schemas.get(field.get("$ref", "").rpartition("/")[2], {})
        return "date" in (field.get("format"), named.get("format")) or any(map(is_day, field.get("oneOf", [])))

    models = [schema for name, schema in schemas.items() if name not in but]
    return sum(is_day(field) for schema in models for field in schema.get("properties", {}).values())


def main():
    language, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    parser = Parser(Language(importlib.import_module(f"tree_sitter_{language}").language()))
    contract = json.loads((ROOT / "openapi/v1.json").read_text(encoding="utf-8"))
    schemas = contract["components"]["schemas"]
    faults = []

    def parse(name, text):
        if place := broken(parser.parse(text.encode()).root_node):
            faults.append(f"{name}:{place.start_point[0] + 1}: no {language}")

    files = [file for file in folder.rglob(f"*.{language}") if file.parent.name in SHAPED[language]]
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    for file, text in texts.items():
        parse(file.relative_to(folder), text)
        # The generator writes a default beside a reference as a bare word, which parses and does not compile.
        if bare := re.search(r"^ +Kehou\w+\? \w+ = \w+,$", text, re.MULTILINE):
            faults.append(f"{file.relative_to(folder)}: {bare.group().strip()}")
    readme = (ROOT / "clients" / language / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    for block in blocks:
        parse("README.md", block)

    models = "\n".join(text for file, text in texts.items() if file.parent.name in ("Models", "model"))
    found = {
        "days": (len(re.findall(DAY[language], models, re.MULTILINE)), days(schemas, forms(contract["paths"]))),
        "enums with an unknown word": tuple(len(re.findall(one[language], models)) for one in (UNKNOWN, ENUM)),
    }
    for what, (there, wanted) in found.items():
        if there != wanted or not wanted:
            faults.append(f"{there} {what} of {wanted}")
    if faults or not blocks:
        sys.exit("\n".join(faults[:20]) or "no example in README.md")
    counts = ", ".join(f"{there} {what}" for what, (there, _) in found.items())
    print(f"{language}: {len(files)} files parsed, {counts}")


if __name__ == "__main__":
    main()
