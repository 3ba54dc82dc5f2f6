// Who is signed in: by password, or by a token that was got elsewhere. It is kept as long as the tab is open.
import { el, kept } from "./dom.js";
import { seen } from "./seen.js";
import { plain, say, spoken } from "./texts.js";

const store = kept("sessionStorage", "kehou.docs.session");

async function ask(path, form) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Accept-Language": spoken() },
    body: new URLSearchParams(form),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(said.detail ?? `${answer.status}`), { status: answer.status });
  return said;
}

function keep(tokens) {
  const ends = Date.now() + tokens.expires_in * 1000;
  store.set({ access: tokens.access_token, refresh: tokens.refresh_token, ends });
}

// A token of renewal is used once: calls at the same time wait for one answer.
let renewing = null;

async function renewed({ refresh }) {
  try {
    keep(await ask("../oauth/token", { grant_type: "refresh_token", refresh_token: refresh }));
  } catch (refused) {
    // What did not come through may be tried again.
    if (![400, 401].includes(refused.status)) return;
    store.set(null);
    drawn?.();
  }
}

// The token of a call; renewed shortly before it ends.
export async function token() {
  const session = store.get();
  if (session?.refresh && session.ends - Date.now() < 30_000) {
    renewing ??= renewed(session).finally(() => { renewing = null; });
    await renewing;
  }
  return store.get()?.access ?? null;
}

let drawn = null;

// Whose answers the page shows.
let shownTo = null;

async function me() {
  const headers = { Authorization: `Bearer ${await token()}`, "Accept-Language": spoken() };
  const answer = await fetch("../api/v1/me", { headers });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) {
    // What one account was shown is nothing for the next.
    if (shownTo && shownTo !== said.user.id) location.reload();
    shownTo = said.user.id;
    seen.takeOrganisation(said.organisation);
    return said;
  }
  if (answer.status === 401) store.set(null);
  throw new Error(said.detail ?? `${answer.status}`);
}

function field(key, attributes) {
  return el("label", {}, el("span", {}, say(key)), el("input", { name: key, required: true, ...attributes }));
}

function signInForm(box, problem) {
  const trying = (work) => async (event) => {
    event.preventDefault();
    const said = new FormData(event.target);
    problem.textContent = "";
    try {
      await work(Object.fromEntries(said));
      await draw(box);
      box.querySelector("button")?.focus();
    } catch (refused) {
      problem.textContent = refused.message;
    }
  };
  const byPassword = trying(async ({ username, password }) => {
    keep(await ask("../oauth/token", { grant_type: "password", username, password }));
  });
  const byToken = trying(async ({ token: given }) => {
    store.set({ access: given.trim(), refresh: null, ends: null });
    await me().catch((refused) => { store.set(null); throw refused; });
  });
  const plainly = { autocapitalize: "none", autocorrect: "off", spellcheck: "false" };
  return [
    el("form", { id: "sign-in", onsubmit: byPassword },
      field("username", { autocomplete: "username", ...plainly }),
      field("password", { type: "password", autocomplete: "current-password" }),
      el("button", {}, say("signIn"))),
    el("div", { class: "hint" }, say("signInHint", "p")),
    el("details", {}, el("summary", {}, say("pasteToken")),
      el("form", { onsubmit: byToken },
        field("token", { type: "password", autocomplete: "off", ...plainly }),
        el("button", {}, say("signIn")))),
  ];
}

async function signOut() {
  const refresh = store.get()?.refresh;
  store.set(null);
  // It ends here, whatever the service answers.
  if (refresh) await ask("../oauth/revoke", { token: refresh }).catch(() => null);
  // Nothing that was shown stays for whoever sits here next.
  location.reload();
}

async function takeRole(grant) {
  const { refresh } = store.get();
  const at = grant.organisation_id ? { organisation_id: grant.organisation_id } : {};
  keep(await ask("../oauth/token", { grant_type: "refresh_token", refresh_token: refresh, role: grant.role, ...at }));
  location.reload();
}

function signedIn(box, account, problem) {
  const roles = account.roles.filter((grant) => grant.holds);
  const label = (grant) => [grant.role, grant.organisation_name].filter(Boolean).join(" · ");
  const isNow = (grant) => grant.role === account.role && grant.organisation_id === account.organisation_id;
  const choose = (event) => takeRole(roles[event.target.value]).catch((refused) => {
    problem.textContent = refused.message;
  });
  const many = roles.length > 1 && store.get().refresh;
  return [
    el("p", { class: "who" }, el("strong", {}, account.user.username), " ", account.user.display_name),
    many
      ? el("select", { "aria-label": plain("role"), onchange: choose },
        roles.map((grant, at) => el("option", { value: at, selected: isNow(grant) }, label(grant))))
      : el("p", { class: "hint" }, label({ role: account.role, organisation_name: account.organisation?.name })),
    el("button", { type: "button", class: "quiet", onclick: signOut }, say("signOut")),
  ];
}

// Draws who is signed in, or the way in.
export async function draw(box) {
  drawn = () => draw(box);
  const problem = el("p", { class: "problem", role: "alert" });
  let account = null;
  if (store.get()) account = await me().catch((refused) => { problem.textContent = refused.message; });
  const inside = account ? signedIn(box, account, problem) : signInForm(box, problem);
  box.dataset.signedIn = account ? account.user.username : "";
  box.replaceChildren(...inside, problem);
}
