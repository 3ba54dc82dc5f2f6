// A shape of the contract, field by field; what is inside a field opens when it is asked for.
import { narrowed, ownDescription, resolved } from "./contract.js";
import { el } from "./dom.js";
import { list, say, told, unlisted } from "./texts.js";

// So many words of an enum are shown at once.
const WORDS_MAX = 12;

// What a value may be, in a few words.
export function kind(given) {
  const { schema, name, nullable } = narrowed(given);
  const words = [];
  if (schema.type === "array") words.push(`[${kind(schema.items ?? {})}]`);
  else if (schema.type) words.push(name ?? schema.format ?? schema.type);
  else words.push(name ?? "");
  if (nullable) words.push("null");
  return words.filter(Boolean).join(" | ");
}

// Its limits. Patterns are for machines: they would fill a phone and tell nobody anything.
function limits(schema) {
  const words = [];
  const range = (low, high, unit) => {
    if (low === undefined && high === undefined) return;
    words.push(low === high ? `${low}${unit}` : `${low ?? ""}…${high ?? ""}${unit}`);
  };
  range(schema.minimum, schema.maximum, "");
  range(schema.minLength, schema.maxLength, " chars");
  range(schema.minItems, schema.maxItems, " items");
  if (schema.default !== undefined && schema.default !== null) words.push(`= ${JSON.stringify(schema.default)}`);
  return words.join(", ");
}

// Name, kind, limits and description of a value; the words of an enum with what they are called.
export function heading(name, given, required, description) {
  const { schema } = narrowed(given);
  const text = description ?? resolved(given).description ?? schema.description;
  const items = schema.type === "array" ? narrowed(schema.items ?? {}).schema.enum : null;
  const words = schema.enum ?? items;
  return [
    el("code", { class: "name" }, name),
    el("span", { class: "kind" }, kind(given), limits(schema) ? `, ${limits(schema)}` : ""),
    required ? el("em", { class: "required" }, say("required")) : null,
    el("div", { class: "told" }, told(words ? unlisted(text) : text), words ? wordsOf(words, given, text) : null),
  ];
}

// The words of an enum with what they are called; many of them open when they are asked for.
function wordsOf(words, given, text) {
  const all = () => list(text) ?? list(ownDescription(given))
    ?? el("p", {}, words.map((word) => [el("code", {}, `${word}`), " "]));
  return words.length > WORDS_MAX ? opening([...say("words"), ` (${words.length})`], all) : all();
}

// The shape whose fields are worth opening: an object, or what a list is of.
function within(given) {
  const { schema } = narrowed(given);
  if (schema.type === "array") return within(schema.items ?? {});
  if (schema.properties) return schema;
  return schema.additionalProperties?.$ref ? within(schema.additionalProperties) : null;
}

// The fields of a shape; which are required matters to whoever sends it.
export function fields(given, sent = false) {
  const shape = within(given);
  if (!shape) return el("div", { class: "told" }, heading("", given, false));
  return el("ul", { class: "fields" }, Object.entries(shape.properties).map(([name, field]) => {
    const inner = within(field);
    const more = inner ? opening([...say("more"), " ", el("code", {}, kind(field))], () => fields(field, sent)) : null;
    return el("li", {}, heading(name, field, sent && shape.required?.includes(name)), more);
  }));
}

// What is made when it is first opened.
export function opening(title, make, attributes = {}) {
  const details = el("details", { class: "opening", ...attributes }, el("summary", {}, title));
  details.addEventListener("toggle", () => details.append(...[make()].flat()), { once: true });
  return details;
}
