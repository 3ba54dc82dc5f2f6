"""What clients have to decode: the examples that a contract stores, and live answers of a demonstration.

Each is {"kind", "where", "schema", "body"}, where the schema is the name of a component."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request

METHODS = ("get", "post", "put", "delete", "patch")
JSON_TYPES = ("application/json", "application/problem+json")
PAGE = 20
# So many pages of a list, and so many items by their ids, for each account.
MOST_PAGES = 3
MOST_ITEMS = 6
# Parameters of which one is required, but none by itself.
ONE_OF = {"/api/v1/published-notices": ["school_id"]}
# What required parameters are when no answer held anything of their name.
USUAL = {"from": "2024-09-10", "on": "2024-09-10", "count": "5", "school_year": "2024-2025", "season": "autumn"}


class Contract:
    def __init__(self, document):
        self.document = document

    def resolved(self, node):
        """The node, or the component that it names; what stands beside `$ref` stays."""
        while isinstance(node, dict) and "$ref" in node:
            found = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            node = found
        return node

    def operations(self):
        for path, item in self.document["paths"].items():
            item = self.resolved(item)
            for method in METHODS:
                if method in item:
                    operation = item[method]
                    shared = item.get("parameters", [])
                    parameters = [self.resolved(one) for one in shared + operation.get("parameters", [])]
                    yield path, method, operation, parameters

    def reads(self):
        """Every GET whose answer is JSON, as `GET path`."""
        operations = ((path, operation) for path, method, operation, _ in self.operations() if method == "get")
        return {f"GET {path}" for path, operation in operations if "200" in dict(self.bodies(operation))}

    def bodies(self, operation):
        """Status (or `request`) and media objects of an operation that are JSON."""
        answers = {"request": operation.get("requestBody", {})} | operation["responses"]
        for status, answer in answers.items():
            for kind, media in self.resolved(answer).get("content", {}).items():
                if kind.split(";")[0] in JSON_TYPES:
                    yield status, media

    def examples(self):
        for path, method, operation, _ in self.operations():
            for status, media in self.bodies(operation):
                schema = component(media)
                for name, value in self.examples_of(media):
                    where = f"{method.upper()} {path} {status} {name}".strip()
                    if schema:
                        yield {"kind": "examples", "where": where, "schema": schema, "body": value}
        for schema, content in self.document["components"]["schemas"].items():
            for name, value in self.examples_of(content):
                if isinstance(value, dict):
                    yield {"kind": "examples", "where": f"{schema} {name}".strip(), "schema": schema, "body": value}

    def examples_of(self, node):
        if "example" in node:
            yield "", node["example"]
        examples = node.get("examples", {})
        if isinstance(examples, list):
            yield from enumerate(examples)
            return
        for name, example in examples.items():
            yield name, self.resolved(example)["value"]


def component(media):
    """The name of the component that a media object has as its schema; none of a text or a file."""
    return media.get("schema", {}).get("$ref", "").rpartition("/")[2] or None


class Caller:
    """One account of the demonstration that reads whatever it may."""

    def __init__(self, base, name, role, secret):
        self.base = base
        form = {"grant_type": "password", "username": name, "password": secret}
        if role == "integration":
            form = {"grant_type": "client_credentials", "client_id": name, "client_secret": secret}
        request = urllib.request.Request(f"{base}/oauth/token", urllib.parse.urlencode(form).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            self.token = json.load(answer)["access_token"]
        self.known = {}

    def get(self, path, query):
        """Status and JSON of an answer; None where it is no JSON."""
        address = f"{self.base}{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en" if len(path) % 2 else "zh"}
        try:
            with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:
                status, kind, body = answer.status, answer.headers.get_content_type(), answer.read()
        except urllib.error.HTTPError as refusal:
            status, kind, body = refusal.code, refusal.headers.get_content_type(), refusal.read()
        return status, json.loads(body) if kind in JSON_TYPES else None

    def learn(self, body):
        """Keeps what stands under each name, for parameters of that name."""
        if isinstance(body, list):
            for one in body:
                self.learn(one)
        elif isinstance(body, dict):
            for name, value in body.items():
                if isinstance(value, str) and value not in (seen := self.known.setdefault(name, [])):
                    seen.append(value)
                self.learn(value)

    def required(self, path, parameters):
        """The query that an operation cannot do without; None where nothing is known for it."""
        names = [one["name"] for one in parameters if one["in"] == "query" and one.get("required")]
        query = {}
        for name in names + ONE_OF.get(path, []):
            found = self.known.get(name) or self.known.get(name.removesuffix("s")) or [USUAL.get(name)]
            if found[0] is None:
                return None
            query[name] = found[0]
        return query


def live(contract, base, accounts, password):
    """All that the accounts may read: lists with their pages, each item of them by its id, and what hangs on it."""
    reads = [(path, operation, more) for path, method, operation, more in contract.operations() if method == "get"]
    # Collections first, whose items tell ids to the rest.
    reads.sort(key=lambda read: (read[0].count("{"), read[0].count("/")))
    for account, role in accounts:
        caller = Caller(base, account, role, password)
        items = {}
        for path, operation, parameters in reads:
            schemas = {status: component(media) for status, media in contract.bodies(operation)}
            for status, body in answers(caller, path, parameters, items):
                if schema := schemas.get(str(status)):
                    kind = "answers" if status == 200 else "refusals"
                    yield {"kind": kind, "where": f"GET {path} {status} as {account}", "schema": schema, "body": body}


def answers(caller, path, parameters, items):
    """What one operation answers one account, and what is learned from it for those that come after."""
    for address, query in addresses(caller, path, parameters, items):
        for _ in range(MOST_PAGES):
            status, body = caller.get(address, query)
            if body is None:
                break
            yield status, body
            if status == 403:
                return
            if status != 200:
                break
            caller.learn(body)
            if "{" not in path:
                items.setdefault(path, []).extend(body.get("items", []))
            if not body.get("next_cursor"):
                break
            query = query | {"cursor": body["next_cursor"]}


def addresses(caller, path, parameters, items):
    query = caller.required(path, parameters)
    if query is None:
        return
    if any(one["name"] == "cursor" for one in parameters):
        query["limit"] = PAGE
    if "{" not in path:
        yield path, query
        return
    place = re.search(r"\{(\w+)\}", path)
    for one in items.get(path.split("/{")[0], [])[:MOST_ITEMS]:
        if key := one.get(place.group(1)):
            yield path.replace(place.group(), key), query
