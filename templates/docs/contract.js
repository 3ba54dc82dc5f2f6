// The contract as it was loaded, and what follows from it.

let document_ = {};

// Reads the document, once.
export async function load() {
  const answer = await fetch("../openapi.json");
  if (!answer.ok) throw new Error(`${answer.status}`);
  document_ = await answer.json();
  return document_;
}

// What a reference stands for; what stands beside it comes first.
export function resolved(value) {
  let [found, own] = [value, {}];
  for (let hops = 0; found?.$ref && hops < 8; hops += 1) {
    const { $ref, ...beside } = found;
    own = { ...beside, ...own };
    const steps = $ref.slice(2).split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    found = steps.reduce((at, step) => at?.[decodeURIComponent(step)], document_);
  }
  return Object.keys(own).length ? { ...found, ...own } : found ?? {};
}

// What a schema says of itself, whatever stands beside a reference to it; of what is nullable or a list, its own.
export function ownDescription(given) {
  const { $ref } = given;
  if ($ref) return resolved({ $ref }).description;
  const inner = (given.oneOf ?? given.anyOf)?.find((one) => one.$ref) ?? given.items;
  return inner ? ownDescription(inner) : given.description;
}

// The last word of a reference: the name of a shape.
export function nameOf(value) {
  return value?.$ref?.split("/").pop() ?? null;
}

// The operations in the order of their tags, each with its path, method and parameters.
export function operations() {
  const found = [];
  for (const [path, item] of Object.entries(document_.paths ?? {})) {
    for (const method of ["get", "post", "put", "patch", "delete"]) {
      if (!item[method]) continue;
      const operation = item[method];
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolved);
      found.push({ ...operation, path, method, parameters, tag: operation.tags?.[0] ?? "", id: operation.operationId });
    }
  }
  const tags = [...(document_.tags ?? [])];
  for (const { tag } of found) if (!tags.some(({ name }) => name === tag)) tags.push({ name: tag });
  return tags.map((tag) => ({ ...tag, operations: found.filter((one) => one.tag === tag.name) }))
    .filter((tag) => tag.operations.length);
}

// A schema without its null, and whether null was there.
export function narrowed(schema) {
  const whole = resolved(schema);
  const union = whole.oneOf ?? whole.anyOf;
  if (union) {
    const rest = union.filter((one) => resolved(one).type !== "null");
    const nullable = rest.length < union.length;
    if (rest.length === 1) {
      const { oneOf, anyOf, ...own } = whole;
      return { schema: { ...resolved(rest[0]), ...own }, name: nameOf(rest[0]), nullable };
    }
    return { schema: whole, name: nameOf(schema), nullable };
  }
  if (Array.isArray(whole.type)) {
    const [type] = whole.type.filter((one) => one !== "null");
    return { schema: { ...whole, type }, name: nameOf(schema), nullable: whole.type.includes("null") };
  }
  return { schema: whole, name: nameOf(schema), nullable: false };
}

// A value that a schema tells of: its example, else one that is made up.
export function sample(given, depth = 0) {
  const { schema, nullable } = narrowed(given);
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.length) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (nullable || depth > 6) return null;
  if (schema.type === "object" || schema.properties) {
    const needed = (schema.required ?? []).filter((field) => schema.properties?.[field]);
    return Object.fromEntries(needed.map((field) => [field, sample(schema.properties[field], depth + 1)]));
  }
  if (schema.type === "array") return (schema.minItems ?? 0) > 0 ? [sample(schema.items ?? {}, depth + 1)] : [];
  if (schema.type === "boolean") return false;
  if (schema.type === "integer" || schema.type === "number") return schema.minimum ?? 0;
  return { date: "2024-09-10", "date-time": "2024-09-10T00:00:00Z" }[schema.format] ?? "";
}

// The examples of a body or an answer, by name; one that is made up where there is none and one is wanted.
export function examples(content, made = false) {
  const named = Object.entries(content.examples ?? {}).map(([name, one]) => {
    const { summary, value } = resolved(one);
    return { name: summary ?? name, value };
  });
  if (named.length) return named;
  if (content.example !== undefined) return [{ name: "", value: content.example }];
  return made && content.schema ? [{ name: "", value: sample(content.schema) }] : [];
}
