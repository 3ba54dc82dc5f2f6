// A call as it goes out, and its answer as it comes back.
import { copying, el, freshKey } from "./dom.js";
import { seen } from "./seen.js";
import { token } from "./session.js";
import { say, spoken } from "./texts.js";

// Longer answers are shown in part: they are read in an editor, not on a page.
const SHOWN_MAX = 200_000;

// Path, headers and body of what the controls say.
function requestOf(operation, { given, body }) {
  let path = operation.path;
  const query = [];
  const headers = { "Accept-Language": spoken() };
  for (const [parameter, value] of given) {
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    if (parameter.in === "query") query.push(`${encodeURIComponent(parameter.name)}=${encodeURIComponent(value)}`);
    if (parameter.in === "header") headers[parameter.name] = value;
  }
  for (const { name, in: place, required } of operation.parameters) {
    if (place !== "header" || !required || headers[name]) continue;
    const made = { "Idempotency-Key": freshKey(), "If-Match": seen.tagOf(path) }[name];
    if (made) headers[name] = made;
  }
  const request = { method: operation.method.toUpperCase(), path, headers };
  if (query.length) request.path += `?${query.join("&")}`;
  if (body?.text !== undefined) {
    headers["Content-Type"] = body.type;
    request.body = body.text;
  } else if (body?.values) {
    request.body = body.type === "multipart/form-data" ? new FormData() : new URLSearchParams();
    for (const [name, value] of body.values) request.body.append(name, value);
  }
  return request;
}

// Paths of the contract begin where the service does; the page is one step below that.
function addressOf(path) {
  return new URL(`..${path}`, document.baseURI).href;
}

// The same for a shell; the token stays here.
function curl({ method, path, headers, body }, secured) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = [`curl -X ${method} ${quoted(addressOf(path))}`];
  if (secured) parts.push('-H "Authorization: Bearer $TOKEN"');
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (typeof body === "string") parts.push(`--data ${quoted(body)}`);
  else if (body instanceof URLSearchParams) {
    for (const [name] of body) parts.push(`--data-urlencode ${quoted(`${name}=…`)}`);
  } else if (body) {
    for (const [name, value] of body) parts.push(`-F ${quoted(`${name}=${value.name ? `@${value.name}` : value}`)}`);
  }
  return parts.join(" \\\n  ");
}

async function content(answer) {
  const kind = answer.headers.get("content-type") ?? "";
  const blob = await answer.blob();
  if (!/json|text|xml/.test(kind)) return { blob, kind };
  const text = await blob.text();
  try {
    const json = JSON.parse(text);
    return { blob, kind, json, text: JSON.stringify(json, null, 2) };
  } catch {
    return { blob, kind, text };
  }
}

function saving(blob, kind) {
  const ending = kind.split(";")[0].split(/[/+]/).pop();
  const address = URL.createObjectURL(blob);
  return el("a", { href: address, download: `kehou.${ending}`, class: "quiet" }, say("open"), ` ${kind}`);
}

function size(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} kB`;
}

// Sends what the controls say, and draws the answer: its status, which is read aloud, and what came.
export async function call(operation, read, state, place) {
  place.replaceChildren();
  let request;
  const secured = operation.security?.length !== 0;
  try {
    request = requestOf(operation, read());
  } catch (wrong) {
    state.replaceChildren(el("p", { class: "problem" }, say("badBody"), ` ${wrong.message}`));
    return;
  }
  const access = secured ? await token() : null;
  const headers = access ? { ...request.headers, Authorization: `Bearer ${access}` } : request.headers;
  state.replaceChildren(el("p", {}, say("sending")));
  const began = performance.now();
  try {
    const { method, path, body } = request;
    const answer = await fetch(addressOf(path), { method, headers, body, cache: "no-store" });
    const got = await content(answer);
    const took = Math.round(performance.now() - began);
    // What was only tried is nowhere.
    if (answer.ok && !path.includes("validate_only=true")) seen.take(operation, request.path.split("?")[0], answer, got.json);
    const shown = got.text === undefined ? null : got.text.slice(0, SHOWN_MAX);
    state.replaceChildren(el("p", { class: "status", "data-status": answer.status },
      el("strong", { class: answer.ok ? "good" : "bad" }, `${answer.status} ${answer.statusText}`),
      ` ${took} ms, ${size(got.blob.size)} `));
    place.replaceChildren(
      el("p", { class: "tools" },
        shown === null ? null : copying(say("copy"), () => got.text),
        copying(say("copyCurl"), () => curl(request, secured))),
      shown === null
        ? (got.blob.size ? saving(got.blob, got.kind) : null)
        : el("pre", { tabindex: 0 }, shown, shown.length < got.text.length ? "\n…" : ""),
      el("details", { class: "opening" }, el("summary", {}, say("headers")),
        el("pre", { tabindex: 0 }, [...answer.headers].map(([name, value]) => `${name}: ${value}\n`))),
    );
  } catch (failure) {
    state.replaceChildren(el("p", { class: "problem" }, say("failed"), ` ${failure.message}`));
  }
}
