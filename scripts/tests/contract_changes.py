#!/usr/bin/env python3
"""Plants harms into openapi/v1.json, and holds scripts/contract-changes to naming each; what harms nobody passes.

    scripts/tests/contract_changes.py
"""

import contextlib
import copy
import io
import json
import pathlib
import runpy
import sys
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from lib.contract import Contract
from lib.contract_changes import ANSWERED, SENT, changes
from lib.service import ROOT
from tests.harms import HARMS, an_open_enum_of_an_answer_gains_a_word, first, one_with, operation_with, reached

TEXT = (ROOT / "openapi/v1.json").read_text()
OLD = Contract(json.loads(TEXT))
COMMAND = types.SimpleNamespace(**runpy.run_path(str(ROOT / "scripts/contract-changes")))


def inlined(document):
    """Every reference once replaced by what it names; what that refers to stays shared, as recursion has to."""
    contract = Contract(copy.deepcopy(document))

    def walk(node):
        if isinstance(node, list):
            return [walk(one) for one in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            return copy.deepcopy(contract.at(node["$ref"])) | {
                name: value for name, value in node.items() if name != "$ref"
            }
        return {name: walk(value) for name, value in node.items()}

    return walk(document)


def told_otherwise(node):
    """Other words, and everything whose order means nothing the other way round."""
    if isinstance(node, list):
        return [told_otherwise(one) for one in node]
    if not isinstance(node, dict):
        return node
    node = {name: told_otherwise(value) for name, value in reversed(node.items())}
    for name in ("enum", "required", "parameters"):
        if isinstance(node.get(name), list):
            node[name].reverse()
    if isinstance(node.get("description"), str):
        node["description"] = "Said otherwise"
    return node | ({"example": 7} if "type" in node and "properties" in node else {})


def added(document):
    one_with(document, ANSWERED, "properties")["properties"]["planted"] = {"type": "string"}
    one_with(document, SENT, "maxItems")["maxItems"] += 1
    where = lambda node: "enum" in node and all(node is not other for other in reached(document, ANSWERED))
    first(document, SENT, where)["enum"].append("planted")
    operation = operation_with(document, lambda operation: operation["security"])
    operation["security"].append({"planted": []})
    operation["responses"]["418"] = {"description": "planted"}
    operation["parameters"] = [*operation.get("parameters", []), {"name": "p", "in": "query", "schema": {}}]
    document["paths"]["/planted"] = {"get": {"operationId": "planted", "responses": {}}}


def tree(limit=9, words=("oak",)):
    """A contract whose one schema refers to itself."""
    leaves = {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
    size = {"type": "integer", "maximum": limit}
    schema = {"type": "object", "properties": {"leaves": leaves, "size": size, "kind": {"enum": [*words]}}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}}}
    paths = {"/trees": {"post": {"requestBody": body, "responses": {"200": body}}}}
    return Contract({"paths": paths, "components": {"schemas": {"Tree": schema}}})


class ContractChanges(unittest.TestCase):
    def test_each_harm_is_named(self):
        for name, (plant, kind) in HARMS.items():
            with self.subTest(name.replace("_", " ")):
                new = json.loads(TEXT)
                plant(new)
                breaking, _ = changes(OLD, Contract(new))
                self.assertIn(kind, {kind for _, kind in breaking}, breaking)

    def test_what_harms_nobody_passes(self):
        flat = inlined(OLD.document)
        self.assertNotEqual(flat, OLD.document)
        same, said = json.loads(TEXT), told_otherwise(OLD.document)
        for name, document in [("the same", same), ("inlined", flat), ("said otherwise", said)]:
            with self.subTest(name):
                self.assertEqual(changes(OLD, Contract(document)), ({}, {}))
                self.assertEqual(changes(Contract(document), OLD), ({}, {}))

    def test_what_is_added_passes(self):
        new = json.loads(TEXT)
        added(new)
        breaking, more = changes(OLD, Contract(new))
        kinds = {"answer-field-added", "request-limit-loosened", "request-word-added", "status-added"}
        kinds |= {"operation-added", "parameter-added"}
        self.assertEqual(breaking, {})
        self.assertEqual(kinds - {kind for _, kind in more}, set())

    def test_recursion_ends_and_is_looked_into(self):
        place = "#/components/schemas/Tree/properties"
        self.assertEqual(changes(tree(), tree()), ({}, {}))
        breaking, _ = changes(tree(), tree(limit=8))
        self.assertEqual([*breaking], [(f"{place}/size/maximum", "request-limit-tightened")])
        breaking, more = changes(tree(), tree(words=("oak", "elm")))
        self.assertEqual([*breaking], [(f"{place}/kind/enum/elm", "answer-word-added")])
        self.assertEqual([*more], [(f"{place}/kind/enum/elm", "request-word-added")])

    def test_a_meant_change_passes_once_it_is_told_and_only_while_it_happens(self):
        new = json.loads(TEXT)
        an_open_enum_of_an_answer_gains_a_word(new)
        new = Contract(new)
        [(place, kind)] = changes(OLD, new)[0]
        meant = COMMAND.accepted(f"# why\n\n{place} {kind} the field has a new word\n")
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(COMMAND.judge(OLD, new, {}), 1)
            self.assertEqual(COMMAND.judge(OLD, new, meant), 0)
            self.assertEqual(COMMAND.judge(OLD, OLD, meant), 1)
        for wrong in (f"{place} {kind}", f"{place} {kind} why\n" * 2):
            self.assertRaises(SystemExit, COMMAND.accepted, wrong)


if __name__ == "__main__":
    unittest.main()
