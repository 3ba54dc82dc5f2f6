// One operation: its line in the list, and all of it once it is opened.
import { call } from "./call.js";
import { examples, resolved } from "./contract.js";
import { el } from "./dom.js";
import { form } from "./form.js";
import { fields, opening } from "./schema.js";
import { named, say, told } from "./texts.js";

// A path that breaks at its slashes.
function breaking(path) {
  return path.split(/(?=\/)/).map((part) => [el("wbr"), part.startsWith("/{") ? el("i", {}, part) : part]);
}

function shape(content) {
  return Object.entries(content ?? {}).map(([type, described]) => [
    el("p", { class: "hint" }, type),
    examples(described).map(({ value }) => opening(say("example"),
      () => el("pre", { tabindex: 0 }, typeof value === "string" ? value : JSON.stringify(value, null, 2)))),
    described.schema && /json/.test(type) ? fields(described.schema) : null,
  ]);
}

function answers(operation) {
  const each = Object.entries(operation.responses ?? {}).map(([status, given]) => {
    const response = resolved(given);
    const title = [el("code", {}, status), " ", el("span", { class: "told" }, told(response.description))];
    return opening(title, () => [
      shape(response.content),
      response.headers
        ? el("ul", { class: "fields" }, Object.entries(response.headers).map(([name, header]) =>
          el("li", {}, el("code", { class: "name" }, name), " ",
            el("span", { class: "told" }, told(resolved(header).description)))))
        : null,
    ].flat(Infinity).filter(Boolean), { "data-status": status });
  });
  return el("section", { class: "answers" }, el("h3", {}, say("answers")), each);
}

function whole(operation) {
  const { parts, read } = form(operation);
  const state = el("div", { role: "status" });
  const place = el("div");
  const send = el("button", { class: "send" }, say("send"));
  const submitted = async (event) => {
    event.preventDefault();
    send.disabled = true;
    await call(operation, read, state, place);
    send.disabled = false;
    send.focus();
  };
  const quickly = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
  };
  return el("div", { class: "whole" },
    el("div", { class: "told" }, told(operation.description)),
    el("form", { onsubmit: submitted, onkeydown: quickly }, parts, send),
    el("div", { class: "answer" }, state, place),
    answers(operation));
}

// The line of an operation, which opens.
export function line(operation) {
  const { method, path, id } = operation;
  const details = el("details", { class: "operation", id },
    // Whoever opens it may hand its address on.
    el("summary", { onclick: () => details.open || history.replaceState(null, "", `#${id}`) },
      el("span", { class: `method ${method}` }, method.toUpperCase()), " ",
      el("code", { class: "path" }, breaking(path)), " ",
      el("span", { class: "summary" }, named(operation.summary))));
  details.addEventListener("toggle", () => {
    if (details.open && !details.querySelector(".whole")) details.append(whole(operation));
  });
  return details;
}

// What the filter looks through.
export function words({ method, path, id, summary, tag }, described) {
  return `${method} ${path} ${id} ${summary} ${tag} ${described ?? ""}`.toLowerCase();
}
