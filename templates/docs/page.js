// The page of the contract: what there is, in the order of its tags; who is signed in; in which language.
import { load, operations } from "./contract.js";
import { el } from "./dom.js";
import { line, words } from "./operation.js";
import { draw } from "./session.js";
import { plain, say, show, shown, told } from "./texts.js";

const head = document.getElementById("head");
const main = document.getElementById("main");

function languages() {
  const names = { zh: "chinese", en: "english", both: "both" };
  return el("fieldset", { class: "languages" },
    el("legend", {}, say("language")),
    Object.entries(names).map(([value, name]) => el("label", {},
      el("input", {
        type: "radio", name: "language", value, checked: shown() === value,
        onchange: () => {
          show(value);
          document.getElementById("filter").placeholder = plain("filterHint");
        },
      }), el("span", {}, plain(name)))));
}

function group(tag) {
  const lines = tag.operations.map((operation) => ({
    line: line(operation), words: words(operation, tag.description),
  }));
  const details = el("details", { class: "tag", id: `tag-${tag.name}` },
    el("summary", {},
      el("h2", {}, tag.name), " ", el("small", {}, tag.operations.length),
      el("div", { class: "told" }, told(tag.description))),
    lines.map((one) => one.line));
  return { details, lines };
}

function filtering(groups) {
  const count = el("p", { class: "hint", role: "status" });
  let opened = null;
  const narrow = (event) => {
    const wanted = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    // What was open before somebody looked for something is so again afterwards.
    opened ??= groups.map(({ details }) => details.open);
    let found = 0;
    groups.forEach(({ details, lines }, at) => {
      const fits = lines.map((one) => wanted.every((word) => one.words.includes(word)));
      lines.forEach((one, nth) => { one.line.hidden = !fits[nth]; });
      details.hidden = !fits.includes(true);
      details.open = wanted.length ? !details.hidden : opened[at];
      found += fits.filter(Boolean).length;
    });
    if (!wanted.length) opened = null;
    count.replaceChildren(...(wanted.length ? [...say("found"), `: ${found}`] : []));
  };
  return el("div", { class: "filter", role: "search" },
    el("label", { for: "filter" }, say("filter")),
    el("input", {
      id: "filter", type: "search", autocomplete: "off", autocapitalize: "none", spellcheck: "false",
      placeholder: plain("filterHint"), oninput: narrow,
    }),
    count);
}

// Opens what the address names.
function openNamed() {
  // No operation has a name that an address would have to write otherwise.
  const named = document.getElementById(location.hash.slice(1));
  if (!named?.matches("details")) return;
  for (let at = named; at; at = at.parentElement?.closest("details")) at.open = true;
  named.scrollIntoView();
}

async function start() {
  show(shown());
  const session = el("section", { id: "session", "aria-label": plain("signIn") });
  const contract = await load();
  const groups = operations().map(group);
  document.getElementById("version").textContent = contract.info.version;
  head.append(languages(), session, filtering(groups),
    el("p", { class: "hint" }, el("a", { href: "../openapi.json" }, say("contract"))));
  main.replaceChildren(
    el("details", { class: "told about", open: matchMedia("(min-width: 62rem)").matches },
      el("summary", {}, say("about")), told(contract.info.description)),
    ...groups.map(({ details }) => details));
  openNamed();
  window.addEventListener("hashchange", openNamed);
  await draw(session);
}

start().catch((failure) => {
  main.replaceChildren(el("p", { class: "problem" }, say("noContract"), ` ${failure.message}`));
});
