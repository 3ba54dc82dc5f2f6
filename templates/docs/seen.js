// What answers have shown: tags for `If-Match`, ids to choose from. It is forgotten with the page.
import { el } from "./dom.js";

const tags = new Map();
const ids = new Map();
const lists = new Map();

// `school_id` is an id of `…/schools`.
function plural(word) {
  if (word.endsWith("y")) return `${word.slice(0, -1)}ies`;
  return word.endsWith("s") ? `${word}es` : `${word}s`;
}

function listOf(collection) {
  if (!lists.has(collection)) {
    lists.set(collection, el("datalist", { id: `ids-${collection.replaceAll("/", "-")}` }));
    document.body.append(lists.get(collection));
  }
  return lists.get(collection);
}

// The collection of what a field refers to.
function referred(name) {
  const word = name.match(/^(.*)_id$/)?.[1]?.replaceAll("_", "-");
  return word ? plural(word) : null;
}

function note(collection, items) {
  if (!ids.has(collection)) ids.set(collection, new Map());
  for (const item of items) ids.get(collection).set(item.id, titled(item) ?? "");
  const options = [...ids.get(collection)].slice(-100);
  listOf(collection).replaceChildren(...options.map(([value, label]) => el("option", { value, label })));
}

function titled(item) {
  const names = ["name", "title", "display_name", "student_name", "project_name", "school_name", "code", "state"];
  return names.map((name) => item[name]).find((value) => typeof value === "string");
}

export const seen = {
  // Takes what an answer to a path shows.
  take(operation, path, answer, body) {
    const steps = path.split("/");
    const at = steps.indexOf(body?.id);
    const tag = answer.headers.get("etag");
    // A verb answers with its resource, a POST on a collection with a new one.
    if (tag && at > 0) tags.set(steps.slice(0, at + 1).join("/"), tag);
    else if (tag && body?.id && operation.method === "post") tags.set(`${path}/${body.id}`, tag);
    const collection = at > 0 ? steps[at - 1] : steps.at(-1);
    const found = (Array.isArray(body?.items) ? body.items : [body]).filter((item) => typeof item?.id === "string");
    note(collection, found);
  },

  // The organisation of who has signed in.
  takeOrganisation(organisation) {
    if (organisation) note(plural(organisation.kind), [organisation]);
  },

  // An example that refers to what was seen here last, in the place of what stands in the contract.
  told(value, name = "") {
    if (Array.isArray(value)) return value.map((one) => seen.told(one));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, seen.told(one, key)]));
    }
    const known = typeof value === "string" && ids.get(referred(name));
    return known?.size ? [...known.keys()].at(-1) : value;
  },

  // The tag of a resource, or of the one whose verb a path names.
  tagOf(path) {
    return tags.get(path) ?? tags.get(path.replace(/\/[^/]*$/, "")) ?? null;
  },

  // Lets a control that takes an id offer those that were seen.
  offerFor(operation, parameter, input) {
    const before = operation.path.split(`/{${parameter.name}}`)[0].split("/").pop();
    const collection = parameter.in === "path" ? before : referred(parameter.name);
    if (collection && input.tagName === "INPUT") input.setAttribute("list", listOf(collection).id);
  },
};
