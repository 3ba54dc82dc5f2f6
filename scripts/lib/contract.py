"""A contract as its clients see it: whether a part stands in its place or is shared by `$ref` makes no difference."""

import gzip
import json
import pathlib
import urllib.parse

# What is said about a schema and not asked of a value.
SILENT = {"title", "summary", "description", "example", "examples", "deprecated", "externalDocs", "xml", "$comment"}
HEARD = {"x-extensible-enum", "x-kept-when-absent"}
# Limits by the direction in which they get tighter.
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


def load(path):
    data = pathlib.Path(path).read_bytes()
    return json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)


def key(name):
    """A key as a JSON pointer writes it, without white space."""
    return str(name).replace("~", "~0").replace("/", "~1").replace(" ", "%20")


def beneath(place, *names):
    return "/".join([place, *map(key, names)])


class Schema:
    """What a schema asks of a value that is not null, and whether null may stand there."""

    def __init__(self):
        self.types, self.null, self.words, self.open = frozenset(), False, None, False
        self.properties, self.required, self.variants = {}, frozenset(), []
        self.rest = {}

    @classmethod
    def of(cls, node):
        """Of the keywords of one node alone: references and parts are joined by the contract."""
        made = cls()
        node = {name: value for name, value in node.items() if not name.startswith("x-") or name in HEARD}
        types = node.pop("type", [])
        types = frozenset([types] if isinstance(types, str) else types)
        made.null = "null" in types or bool(node.pop("nullable", False))
        words = node.pop("enum", [node.pop("const")] if "const" in node else None)
        extensible = node.pop("x-extensible-enum", None)
        made.open = bool(extensible)
        if words is None and isinstance(extensible, list):
            made.rest["x-extensible-enum"] = "alone"  # a text to most generators, where an enum is a type
            words = extensible
        if words is not None:
            made.null = made.null or None in words
            made.words = [word for word in words if word is not None]
        made.properties, made.required = node.pop("properties", {}), frozenset(node.pop("required", []))
        made.types = types - {"null"}
        if not made.types and (made.properties or made.words):
            made.types = frozenset({"object"} if made.properties else {"string"})
        made.rest |= node
        return made

    def joined(self, other):
        """What both ask."""
        both = Schema()
        both.types = self.types & other.types if self.types and other.types else self.types | other.types
        both.null = all(one.null or one.asks_no_type() for one in (self, other)) and (self.null or other.null)
        lists = [one.words for one in (self, other) if one.words is not None]
        both.words = [word for word in lists[0] if word in lists[-1]] if lists else None
        both.open = self.open or other.open
        both.properties = self.properties | other.properties
        for name in self.properties.keys() & other.properties.keys():
            both.properties[name] = {"allOf": [self.properties[name], other.properties[name]]}
        both.required = self.required | other.required
        both.variants = self.variants + other.variants
        both.rest = self.rest | other.rest
        for name in self.rest.keys() & other.rest.keys():
            if name in LOWER + UPPER:
                tighter = max if name in LOWER else min
                both.rest[name] = tighter(self.rest[name], other.rest[name])
        return both

    def asks_no_type(self):
        return not self.types and self.words is None and not self.variants

    def is_empty(self):
        return self.asks_no_type() and not (self.properties or self.required or self.rest or self.null)


class Contract:
    def __init__(self, document):
        self.document = document
        self._schemas = {}

    def at(self, pointer):
        if not pointer.startswith("#/"):
            raise SystemExit(f"{pointer}: only references within the document are followed")
        node = self.document
        for name in pointer[2:].split("/"):
            node = node[urllib.parse.unquote(name).replace("~1", "/").replace("~0", "~")]
        return node

    def has(self, pointer):
        try:
            return self.at(pointer) is not None
        except KeyError:
            return False

    def there(self, node, place):
        """A parameter, header, body or answer itself and where it stands, through however many references."""
        while "$ref" in node:
            place = node["$ref"]
            node = self.at(place)
        return node, place

    def schema(self, node, place):
        """The schema, whether it may be null in this place, and where it stands. One object for each node, so that
        two of them are compared once."""
        known = self._schemas.get(id(node))
        if known is None:
            # The node is kept, lest another one gets its id.
            known = self._schemas[id(node)] = (*self._read(node), node)
        schema, null, shared, _ = known
        return schema, null, shared or place

    def _read(self, node):
        if isinstance(node, bool):
            node = {} if node else {"not": {}}
        own = {name: value for name, value in node.items() if name not in SILENT}
        parts = [{"$ref": own.pop("$ref")}] if "$ref" in own else []
        parts += own.pop("allOf", [])
        if len(parts) == 1 and not own and "$ref" in parts[0]:
            return self.schema(self.at(parts[0]["$ref"]), parts[0]["$ref"])
        variants = [own.pop(name) for name in ("oneOf", "anyOf") if name in own]
        made, shared, null = Schema.of(own), None, False
        for several in variants:
            some = [one for one in several if one.get("type") != "null"]
            null = null or len(some) < len(several)
            if len(some) == 1:
                parts += some
            else:
                made.variants = made.variants + some
        for part in parts:
            schema, part_null, place = self.schema(part, None)
            null = null or part_null
            # One part beside which nothing is asked is that part.
            made, shared = (schema, place) if made.is_empty() else (made.joined(schema), None)
        return made, null, shared

    def operations(self):
        """Path and method, the operation, its parameters with those of its path, and its place."""
        for path, item in self.document.get("paths", {}).items():
            item, place = self.there(item, beneath("#/paths", path))
            for method in METHODS:
                if method in item:
                    parameters = item.get("parameters", []) + item[method].get("parameters", [])
                    yield (path, method), item[method], parameters, beneath(place, method)
