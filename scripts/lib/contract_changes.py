"""What changes for clients between two contracts: what breaks them, and what passes.

A request breaks when it asks more than before, an answer when it promises less; both when the type changes that a
generated client has for it. A word that an enum gains in an answer breaks as well, also where it said that words may
come (`open-word-added`): whoever releases it has to say so.
"""

from lib.contract import LOWER, UPPER, beneath

SENT, ANSWERED = "request", "answer"
# Compared by meaning; any other keyword has to stay as it is.
KNOWN = {*LOWER, *UPPER, "pattern", "uniqueItems", "default", "x-kept-when-absent", "items", "prefixItems"}
KNOWN |= {"additionalProperties", "propertyNames"}


def changes(old, new):
    """`{(place, kind): detail}` of what breaks clients of the old contract, and the same of what passes."""
    comparison = Comparison(old, new)
    comparison.compare()
    return comparison.breaking, comparison.passing


class Comparison:
    def __init__(self, old, new):
        self.old, self.new = old, new
        self.breaking, self.passing = {}, {}
        self.seen = set()

    def breaks(self, place, kind, detail=""):
        self.breaking.setdefault((place, kind), detail)

    def passes(self, place, kind, detail=""):
        self.passing.setdefault((place, kind), detail)

    def tells(self, harm, place, kind, detail=""):
        (self.breaks if harm else self.passes)(place, kind, detail)

    def keys(self, old, new, place, removed, added):
        """Tells what went and what came; gives what stayed."""
        for name in old:
            if name not in new:
                self.breaks(beneath(place, name), removed)
        for name in new:
            if name not in old:
                self.passes(beneath(place, name), added)
        return [name for name in old if name in new]

    # The document

    def compare(self):
        old, new = self.old.document, self.new.document
        urls = [[server["url"] for server in one.get("servers") or [{"url": "/"}]] for one in (old, new)]
        self.keys(*urls, "#/servers", "server-removed", "server-added")
        schemes = [one.get("components", {}).get("securitySchemes", {}) for one in (old, new)]
        place = "#/components/securitySchemes"
        for name in self.keys(*schemes, place, "security-scheme-removed", "security-scheme-added"):
            self.security_scheme(*(one[name] for one in schemes), beneath(place, name))
        before = {name: rest for name, *rest in self.old.operations()}
        after = {name: rest for name, *rest in self.new.operations()}
        for name, (operation, parameters, place) in before.items():
            if name in after:
                there, parameters_there, _ = after[name]
                self.operation(operation, there, place)
                self.parameters(parameters, parameters_there, place)
            else:
                self.breaks(place, "operation-removed", operation.get("operationId", ""))
        for name, (operation, _, place) in after.items():
            if name not in before:
                self.passes(place, "operation-added", operation.get("operationId", ""))

    def security_scheme(self, old, new, place):
        def used(scheme):
            flows = scheme.get("flows", {})
            ways = {(flow, url, at) for flow, way in flows.items() for url, at in way.items() if url.endswith("Url")}
            return {name: scheme.get(name) for name in ("type", "scheme", "in", "name", "openIdConnectUrl")}, ways

        (asked, ways), (asked_now, ways_now) = used(old), used(new)
        if asked != asked_now or not ways <= ways_now:
            self.breaks(place, "security-scheme-changed")

    def operation(self, old, new, place):
        for name in ("operationId", "tags"):  # both are names in generated clients
            if old.get(name) != new.get(name):
                self.breaks(beneath(place, name), "name-changed", f"{old.get(name)} → {new.get(name)}")
        self.security(old, new, place)
        self.body(old.get("requestBody"), new.get("requestBody"), beneath(place, "requestBody"))
        place = beneath(place, "responses")
        answers, answers_now = old.get("responses", {}), new.get("responses", {})
        for status in self.keys(answers, answers_now, place, "status-removed", "status-added"):
            self.answer(answers[status], answers_now[status], beneath(place, status))
        for status in answers_now.keys() - answers.keys():
            if status.startswith("2"):
                self.breaks(beneath(place, status), "success-added", "clients read the one that they know")

    def security(self, old, new, place):
        def ways(operation, document):
            said = operation.get("security", document.get("security", []))
            asked = [{(name, scope) for name, scopes in way.items() for scope in ["", *scopes]} for way in said]
            return asked or [set()]

        before, now = ways(old, self.old.document), ways(new, self.new.document)
        if not all(any(way <= had for way in now) for had in before):
            self.breaks(beneath(place, "security"), "security-needed")

    # What is sent, and what is answered

    def parameters(self, old, new, place):
        def by_name(contract, several):
            named = {}
            for one in several:
                one, at = contract.there(one, None)
                name = one["name"].lower() if one["in"] == "header" else one["name"]
                named[one["in"], name] = one, at or beneath(place, "parameters", one["in"], name)
            return named

        before, now = by_name(self.old, old), by_name(self.new, new)
        for name, (parameter, at) in before.items():
            if name in now:
                self.parameter(parameter, now[name][0], at)
            else:
                # The operation's place: other operations may go on taking what is shared.
                self.breaks(beneath(place, "parameters", *name), "parameter-removed")
        for name, (parameter, _) in now.items():
            if name not in before:
                harm = parameter.get("required", False)
                kind = "required-parameter-added" if harm else "parameter-added"
                self.tells(harm, beneath(place, "parameters", *name), kind)

    def parameter(self, old, new, place):
        was, now = old.get("required", False), new.get("required", False)
        if was != now:
            self.tells(now, place, "parameter-required" if now else "parameter-optional")
        for name, usual in (("style", None), ("explode", None), ("allowReserved", False)):
            if old.get(name, usual) != new.get(name, usual):
                self.breaks(beneath(place, name), "parameter-written-otherwise")
        self.valued(old, new, place, SENT)

    def valued(self, old, new, place, direction):
        """What has a schema, or a schema by media type."""
        if "content" in old or "content" in new:
            self.contents(old, new, place, direction)
        else:
            self.schemas(old.get("schema", {}), new.get("schema", {}), beneath(place, "schema"), direction)

    def contents(self, old, new, place, direction):
        place = beneath(place, "content")
        before, now = old.get("content", {}), new.get("content", {})
        for media in self.keys(before, now, place, f"{direction}-media-removed", f"{direction}-media-added"):
            at = beneath(place, media)
            if before[media].get("encoding") != now[media].get("encoding"):
                self.breaks(beneath(at, "encoding"), f"{direction}-encoding-changed")
            schemas = (one[media].get("schema", {}) for one in (before, now))
            self.schemas(*schemas, beneath(at, "schema"), direction)

    def body(self, old, new, place):
        if old is None and new is None:
            return
        if new is None:
            self.breaks(place, "body-removed")
            return
        new, _ = self.new.there(new, place)
        if old is None:
            self.tells(new.get("required", False), place, "body-added")
            return
        old, place = self.old.there(old, place)
        if new.get("required", False) != old.get("required", False):
            self.tells(new.get("required", False), place, "body-required" if new.get("required") else "body-optional")
        self.contents(old, new, place, SENT)

    def answer(self, old, new, place):
        (old, place), (new, _) = self.old.there(old, place), self.new.there(new, place)
        self.contents(old, new, place, ANSWERED)
        place = beneath(place, "headers")
        before = {name.lower(): header for name, header in old.get("headers", {}).items()}
        now = {name.lower(): header for name, header in new.get("headers", {}).items()}
        for name in self.keys(before, now, place, "header-removed", "header-added"):
            header, at = self.old.there(before[name], beneath(place, name))
            header_now, _ = self.new.there(now[name], at)
            if header.get("required", False) and not header_now.get("required", False):
                self.breaks(at, "header-optional")
            self.valued(header, header_now, at, ANSWERED)

    # Schemas

    def schemas(self, old, new, place, direction):
        (old, null, at), (new, null_now, at_now) = self.old.schema(old, place), self.new.schema(new, place)
        # Null is told where it is allowed: by what is shared, or by the place that uses it.
        if (null or old.null) != (null_now or new.null):
            where, now = (place if old.null == new.null else at), null_now or new.null
            self.tells(now == (direction == ANSWERED), where, f"{direction}-null-{'added' if now else 'removed'}")
        # A class of a generated client; a schema that was or is nowhere shared has no name to lose.
        if at != at_now and place not in (at, at_now) and (old.properties or old.words):
            gone = not self.new.has(at)
            self.breaks(at if gone else place, "type-renamed", f"{at} → {at_now}")
        place = at
        if (id(old), id(new), direction) in self.seen:
            return
        self.seen.add((id(old), id(new), direction))
        if old.types != new.types:
            names = [" or ".join(sorted(one.types)) or "anything" for one in (old, new)]
            self.breaks(place, f"{direction}-type-changed", " → ".join(names))
            return
        self.words(old, new, place, direction)
        self.fields(old, new, place, direction)
        self.more_fields(old.rest, new.rest, place, direction)
        self.limits(old.rest, new.rest, place, direction)
        self.several(old, new, place, direction)
        for name in sorted((old.rest.keys() | new.rest.keys()) - KNOWN):
            was, now = old.rest.get(name), new.rest.get(name)
            if was != now:
                self.breaks(beneath(place, name), f"{direction}-{name}-changed", f"{was} → {now}")

    def words(self, old, new, place, direction):
        if (old.words is None) != (new.words is None):
            self.breaks(beneath(place, "enum"), f"{direction}-enum-{'added' if old.words is None else 'dropped'}")
            return
        was, now = old.words or [], new.words or []
        for word in was:
            if word not in now:
                self.breaks(beneath(place, "enum", word), f"{direction}-word-removed")
        kind = "open-word-added" if old.open else "word-added"
        for word in now:
            if word not in was:
                self.tells(direction == ANSWERED, beneath(place, "enum", word), f"{direction}-{kind}")

    def fields(self, old, new, place, direction):
        for name, field in old.properties.items():
            at = beneath(place, "properties", name)
            if name in new.properties:
                self.schemas(field, new.properties[name], at, direction)
            else:
                self.breaks(at, f"{direction}-field-removed")
        for name in new.properties.keys() - old.properties.keys():
            if direction == ANSWERED or name not in new.required:
                self.passes(beneath(place, "properties", name), f"{direction}-field-added")
        for name in new.required - old.required:
            kind = "field-required" if name in old.properties else "required-field-added"
            if direction == SENT or name in old.properties:
                self.tells(direction == SENT, beneath(place, "properties", name), f"{direction}-{kind}")
        for name in old.required - new.required:
            if name in new.properties:
                self.tells(direction == ANSWERED, beneath(place, "properties", name), f"{direction}-field-optional")

    def more_fields(self, old, new, place, direction):
        """Fields whose names the contract does not know."""
        place, was, now = beneath(place, "additionalProperties"), *(
            True if one.get("additionalProperties") in (None, {}) else one["additionalProperties"] for one in (old, new)
        )
        if isinstance(was, dict) and isinstance(now, dict):
            self.schemas(was, now, place, direction)
        elif was != now:
            # What was refused may be taken, and clients pass over what they do not know.
            harm = was is not False or (direction == ANSWERED and now is not True)
            self.tells(harm, place, f"{direction}-more-fields-changed")
        if "propertyNames" in old or "propertyNames" in new:
            place = beneath(place, "propertyNames")
            self.schemas(old.get("propertyNames", {}), new.get("propertyNames", {}), place, direction)

    def limits(self, old, new, place, direction):
        """A limit of an answer is no type of a client; one of a request refuses what went through before."""
        sent = direction == SENT
        for name in LOWER + UPPER:
            was, now = old.get(name), new.get(name)
            if was == now:
                continue
            tighter = now is not None and (was is None or (now > was if name in LOWER else now < was))
            if tighter and was is None and name.startswith("min") and now == 0 and name != "minimum":
                continue
            kind = f"{direction}-limit-{'tightened' if tighter else 'loosened'}"
            self.tells(tighter and sent, beneath(place, name), kind, f"{was} → {now}")
        if old.get("pattern") != new.get("pattern"):
            detail = f"{old.get('pattern')} → {new.get('pattern')}"
            self.tells(sent and "pattern" in new, beneath(place, "pattern"), f"{direction}-pattern-changed", detail)
        if old.get("uniqueItems", False) != new.get("uniqueItems", False):
            harm = sent and new.get("uniqueItems", False)
            self.tells(harm, beneath(place, "uniqueItems"), f"{direction}-unique-items-changed")
        if sent and old.get("default") != new.get("default"):
            detail = f"{old.get('default')} → {new.get('default')}"
            self.tells("default" in old, beneath(place, "default"), "request-default-changed", detail)
        if sent and old.get("x-kept-when-absent", False) and not new.get("x-kept-when-absent", False):
            self.breaks(beneath(place, "x-kept-when-absent"), "request-field-no-longer-kept")

    def several(self, old, new, place, direction):
        """Items of arrays, and schemas of which one holds: those of the same name, the others in their order."""
        if "items" in old.rest or "items" in new.rest:
            items = (one.rest.get("items", {}) for one in (old, new))
            self.schemas(*items, beneath(place, "items"), direction)
        if len(old.rest.get("prefixItems", [])) != len(new.rest.get("prefixItems", [])):
            self.breaks(beneath(place, "prefixItems"), f"{direction}-items-changed")
        for number, pair in enumerate(zip(old.rest.get("prefixItems", []), new.rest.get("prefixItems", []))):
            self.schemas(*pair, beneath(place, "prefixItems", number), direction)
        self.variants(list(old.variants), list(new.variants), beneath(place, "oneOf"), direction)

    def variants(self, was, now, place, direction):
        pairs = [(one, other) for one in was for other in now if "$ref" in one and one == other]
        for one, other in pairs:
            was.remove(one)
            now.remove(other)
        for number, pair in enumerate([*pairs, *zip(was, now)]):
            self.schemas(*pair, beneath(place, number), direction)
        if len(was) < len(now):
            self.tells(direction == ANSWERED, place, f"{direction}-variant-added")
        if len(was) > len(now):
            self.tells(direction == SENT, place, f"{direction}-variant-removed")
