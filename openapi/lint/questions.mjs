// What the contract promises beyond OpenAPI, asked of the document as it is written: each question gives a message and
// a path for what does not hold. What is shared by `$ref` is looked at once, where it stands.

const CHINESE = /[\u4e00-\u9fff]/;
const FORM = "application/x-www-form-urlencoded";
const METHODS = ["get", "put", "post", "delete", "patch", "head", "options", "trace"];

const keys = (pointer) =>
  pointer
    .slice(2)
    .split("/")
    .map((key) => decodeURIComponent(key).replace(/~1/g, "/").replace(/~0/g, "~"));

const target = (document, pointer) => keys(pointer).reduce((at, key) => at?.[key], document);

// The thing itself, through however many references; what stands beside a `$ref` wins.
function resolve(document, thing) {
  const { $ref, ...beside } = thing ?? {};
  return $ref === undefined ? thing : { ...resolve(document, target(document, $ref)), ...beside };
}

// Calls `see(thing, path)` for every object that is written in the document, examples and defaults left out.
function walk(thing, path, see) {
  if (thing === null || typeof thing !== "object") return;
  see(thing, path);
  for (const [key, value] of Object.entries(thing)) {
    const data = ["example", "examples", "default", "enum", "const"].includes(key) && path.at(-1) !== "properties";
    if (!data) walk(value, [...path, key], see);
  }
}

function* operations(document) {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) if (item[method]) yield [item[method], ["paths", path, method]];
  }
}

const isSchema = (path) =>
  (path.length === 3 && path[0] === "components" && path[1] === "schemas") ||
  ["schema", "items", "additionalProperties", "not"].includes(path.at(-1)) ||
  ["properties", "allOf", "anyOf", "oneOf", "prefixItems"].includes(path.at(-2));

const isProperty = (path) => path.at(-2) === "properties" && path.at(-3) !== "properties";

function* schemas(document) {
  const found = [];
  walk(document, [], (thing, path) => isSchema(path) && found.push([thing, path]));
  yield* found;
}

// Every schema that a parameter or a body is held to, each component once. Forms are left out: they are OAuth 2.0's,
// which bounds none of its fields; the service bounds the whole.
function* sent(document) {
  const open = [];
  for (const [operation, path] of operations(document)) {
    const { parameters, requestBody } = operation;
    open.push([{ shared: document.paths[path[1]].parameters, parameters, requestBody }, path]);
  }
  const seen = new Set();
  while (open.length) {
    const found = [];
    walk(...open.pop(), (thing, path) => !path.includes(FORM) && found.push([thing, path]));
    for (const [thing, path] of found) {
      if (isSchema(path)) yield [thing, path];
      if (typeof thing.$ref !== "string" || seen.has(thing.$ref)) continue;
      seen.add(thing.$ref);
      open.push([target(document, thing.$ref), keys(thing.$ref)]);
    }
  }
}

const is = (schema, type) => [schema.type].flat().includes(type);

export const QUESTIONS = {
  // Bodies of requests, and answers that bring something, have examples by their media type.
  *examples(document) {
    for (const [operation, path] of operations(document)) {
      const answers = Object.entries(operation.responses ?? {}).filter(([status]) => status.startsWith("2"));
      const all = answers.map(([status, answer]) => [answer, [...path, "responses", status]]);
      if (operation.requestBody) all.push([operation.requestBody, [...path, "requestBody"]]);
      for (const [one, at] of all) {
        for (const [media, content] of Object.entries(resolve(document, one).content ?? {})) {
          const examples = content.example !== undefined || Object.keys(content.examples ?? {}).length > 0;
          const text = media.includes("json") || media === FORM;
          if (text && !examples) yield [`${media} without an example`, at];
        }
      }
    }
  },

  // Whatever is described is described in Chinese, too. Fields that are called `description` are none.
  *chinese(document) {
    const found = [];
    walk(document, [], ({ description: text }, path) => {
      if (path.at(-1) === "properties" || typeof text !== "string" || CHINESE.test(text)) return;
      found.push(["no Chinese", [...path, "description"]]);
    });
    yield* found;
  },

  *properties(document) {
    for (const [schema, path] of schemas(document)) {
      if (isProperty(path) && !resolve(document, schema).description) {
        yield ["a property without a description", path];
      }
    }
  },

  *arrays(document) {
    for (const [schema, path] of sent(document)) {
      if (is(schema, "array") && schema.maxItems === undefined) yield ["an array without maxItems", path];
    }
  },

  // A pattern is a bound where it holds the whole text and counts what it repeats.
  *strings(document) {
    for (const [schema, path] of sent(document)) {
      const counted = /^\^.*\$$/.test(schema.pattern) && !/[^\\][*+]|,\}/.test(schema.pattern);
      const bound = counted || ["maxLength", "enum", "const", "format"].some((key) => schema[key] !== undefined);
      if (is(schema, "string") && !bound) yield ["a string without a bound", path];
    }
  },

  *integers(document) {
    for (const [schema, path] of schemas(document)) {
      if (is(schema, "integer") && !["int32", "int64"].includes(schema.format)) {
        yield ["an integer without int32 or int64", path];
      }
    }
  },

  // A generator names a type after its component; an enum in a place gets a name that moves.
  // In which order a list can be had is a list's own: `sort` has no words that another place knows.
  *enums(document) {
    for (const [schema, path] of schemas(document)) {
      const parameter = path.slice(0, -1).reduce((at, key) => at?.[key], document);
      if (path.at(-1) === "schema" && parameter?.name === "sort") continue;
      const named = path.length === 3 && path[0] === "components";
      if (schema.enum?.length > 1 && !named) yield ["an enum that has no name of its own", path];
    }
  },

  // Without `security` an operation would take the document's default, which nobody reads beside it.
  *security(document) {
    for (const [operation, path] of operations(document)) {
      if (!operation.security) yield ["security is not said", path];
    }
  },

  *refusals(document) {
    for (const [operation, path] of operations(document)) {
      const takes = operation.parameters?.length || operation.requestBody || operation.security?.length;
      const refuses = Object.keys(operation.responses ?? {}).some((status) => status.startsWith("4"));
      if (takes && !refuses) yield ["takes something and refuses nothing", [...path, "responses"]];
    }
  },
};
