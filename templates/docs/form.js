// What a call sends: a control for every parameter, and the body.
import { examples, narrowed, ownDescription, resolved } from "./contract.js";
import { el } from "./dom.js";
import { fields, heading, opening } from "./schema.js";
import { labels, plain, say } from "./texts.js";
import { seen } from "./seen.js";

let count = 0;

// A control for a value of a schema; nothing is filled in but what must be sent and has a default.
function control(schema, { required, name }) {
  const id = `value-${count += 1}`;
  const { schema: plainly } = narrowed(schema);
  const words = plainly.type === "boolean" ? ["true", "false"] : plainly.enum;
  if (words) {
    const named = labels(ownDescription(schema));
    const label = (word) => [word, named.get(word)].filter(Boolean).join(" ");
    const options = words.map((word) => el("option", { value: word }, label(word)));
    return el("select", { id, name }, required ? [] : el("option", { value: "" }, plain("unset")), options);
  }
  if (plainly.format === "binary") return el("input", { id, name, type: "file", required });
  const secret = plainly.format === "password";
  return el("input", {
    id, name, required,
    type: secret ? "password" : "text",
    autocomplete: "off", autocapitalize: "none", spellcheck: "false",
    inputmode: ["integer", "number"].includes(plainly.type) ? "numeric" : null,
    placeholder: secret ? null : hint(plainly),
  });
}

function hint(schema) {
  const value = schema.example ?? schema.examples?.[0] ?? schema.default;
  return value === undefined || value === null ? "" : `${Array.isArray(value) ? value.join(",") : value}`;
}

// What the page fills in by itself when it is left empty.
const MADE = { "If-Match": "seenTag", "Idempotency-Key": "keyMade" };

function row(parameter, input, made) {
  if (made) {
    input.placeholder = plain(made);
    input.required = false;
  }
  const { name, schema, required, description } = parameter;
  const [label, ...rest] = heading(name, schema ?? {}, required, description);
  return el("div", { class: "row" }, el("div", {}, el("label", { for: input.id }, label), rest), input);
}

// The controls of an operation, and how they are read.
export function form(operation) {
  const inputs = operation.parameters.map((parameter) => {
    const input = control(parameter.schema ?? {}, { required: parameter.required, name: parameter.name });
    const made = parameter.in === "header" && parameter.required ? MADE[parameter.name] : null;
    seen.offerFor(operation, parameter, input);
    return { parameter, input, row: row(parameter, input, made) };
  });
  const needed = inputs.filter(({ parameter }) => parameter.required);
  const others = inputs.filter(({ parameter }) => !parameter.required);
  const body = operation.requestBody ? bodyOf(resolved(operation.requestBody)) : null;
  const optional = others.length && el("details", { class: "optional" },
    el("summary", {}, say("optional"), ` (${others.length})`), others.map(({ row: shown }) => shown));
  return {
    parts: [
      needed.length ? [el("h3", {}, say("parameters")), needed.map(({ row: shown }) => shown)] : null,
      optional || null,
      body?.parts,
    ],
    // What is sent; empty values are not.
    read: () => {
      const all = inputs.map(({ parameter, input }) => [parameter, input.value.trim()]);
      return { given: all.filter(([, value]) => value !== ""), body: body?.read() };
    },
  };
}

function bodyOf(described) {
  const [type, content] = Object.entries(described.content)[0];
  const isForm = type === "multipart/form-data" || type === "application/x-www-form-urlencoded";
  return isForm ? formBody(type, content) : jsonBody(type, content);
}

function jsonBody(type, content) {
  const id = `value-${count += 1}`;
  const offered = examples(content, true);
  const text = (at) => JSON.stringify(seen.told(offered[at]?.value ?? null), null, 2);
  const area = el("textarea", { id, rows: 12, spellcheck: "false", autocapitalize: "none", autocomplete: "off" });
  area.value = text(0);
  const choose = (event) => { area.value = text(event.target.value); };
  return {
    parts: [
      el("h3", {}, el("label", { for: id }, say("body")), " ", el("small", {}, type)),
      offered.length > 1
        ? el("select", { "aria-label": plain("example"), onchange: choose },
          offered.map(({ name }, at) => el("option", { value: at }, name.replaceAll("\n", " "))))
        : null,
      area,
      opening(say("bodyShape"), () => fields(content.schema ?? {}, true)),
    ],
    read: () => {
      JSON.parse(area.value); // says what is wrong, and where
      return { type, text: area.value };
    },
  };
}

function formBody(type, content) {
  const { schema } = narrowed(content.schema ?? {});
  const inputs = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const required = schema.required?.includes(name);
    const input = control(field, { required, name });
    return { name, input, row: row({ name, schema: field, required, description: field.description }, input) };
  });
  return {
    parts: [el("h3", {}, say("body"), " ", el("small", {}, type)), inputs.map(({ row: shown }) => shown)],
    read: () => {
      const values = inputs.flatMap(({ name, input }) => {
        const value = input.type === "file" ? input.files[0] : input.value;
        return value ? [[name, value]] : [];
      });
      return { type, values };
    },
  };
}
