// What each screen of a guardian's app, a school's desk and a bureau's desk costs, on a fresh `kehou serve --demo`:
// requests, bytes of answers and statements of the database, held to `screens.json`; with `--demo=city`, where lists are
// long, to `screens.city.json`.
//
//     node dist/screens.js [../../kehou-demo.env] [--bounds=screens.json] [--rewrite]
//
// METRICS in the environment is the address of the service's figures.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

/** What a screen costs. */
interface Cost {
  requests: number;
  bytes: number;
  statements: number;
}

const plainFetch = globalThis.fetch;
let requests = 0;
let bytes = 0;
globalThis.fetch = async (...asked) => {
  const answer = await plainFetch(...asked);
  requests += 1;
  bytes += (await answer.clone().arrayBuffer()).byteLength;
  return answer;
};

const { Session, done } = await import("./session.js");
const { default: createClient } = await import("openapi-fetch");
type Paths = import("./generated/contract.js").paths;

const rewrites = process.argv.includes("--rewrite");
const bounded = process.argv.find((word) => word.startsWith("--bounds="))?.slice("--bounds=".length) ?? "screens.json";
const file = process.argv.slice(2).find((word) => !word.startsWith("--")) ?? "../../kehou-demo.env";
const lines = readFileSync(file, "utf8").split("\n");
const base = lines.find((line) => line.startsWith("KEHOU="))?.slice("KEHOU=".length);
assert.ok(base, "KEHOU is not in the demonstration's settings");
const metrics = process.env["METRICS"];
assert.ok(metrics, "METRICS is the address of the service's figures");

async function statements(): Promise<number> {
  const text = await (await plainFetch(`${metrics}/metrics`)).text();
  return Number(/^kehou_db_statements_total (\d+)/m.exec(text)?.[1]);
}

const costs: Record<string, Cost> = {};

/** Shows a screen, and notes what it cost. The figures are read apart from it. */
async function screen<T>(name: string, shows: () => Promise<T>): Promise<T> {
  const before = await statements();
  [requests, bytes] = [0, 0];
  const shown = await shows();
  const [asked, read] = [requests, bytes];
  // Reading the figures is two statements of a snapshot itself; that is measured and taken off.
  const idle = await statements();
  const reading = (await statements()) - idle;
  costs[name] = { requests: asked, bytes: read, statements: idle - before - reading };
  return shown;
}

const key = () => ({ "Idempotency-Key": randomUUID() });
const term = { school_year: "2024-2025", season: "autumn" } as const;
const signIn = (name: string) => Session.open(base, name, "kehou-demo");

const guardian = await signIn("demo.guardian");
const clerk = await signIn("demo.school4");
const finance = await signIn("demo.finance4");
const bureau = await signIn("demo.bureau");

// ---- The school's desk

const home = await screen("school: home", async () => {
  const me = done(await clerk.api.GET("/api/v1/me")).data;
  const counts = done(
    await clerk.api.GET("/api/v1/enrollments/counts", {
      params: { query: { ...term, group_by: "project,state" } },
    }),
  ).data;
  return { me, counts };
});
const school = home.me.organisation;
assert.ok(school, "a clerk works somewhere");
assert.ok(home.me.current_term, "a term runs");

const plans = done(
  await clerk.api.GET("/api/v1/plans", { params: { query: { school_id: school.id, ...term } } }),
).data;
const plan = plans.items[0];
assert.ok(plan, "the school has a plan");

await screen("school: plan editor", async () => {
  done(await clerk.api.GET("/api/v1/plans/{id}/document", { params: { path: { id: plan.id } } }));
  done(await clerk.api.GET("/api/v1/plans/{id}/findings", { params: { path: { id: plan.id } } }));
  done(await clerk.api.GET("/api/v1/staff-members", { params: { query: { limit: 200 } } }));
  done(await clerk.api.GET("/api/v1/facilities", { params: { query: { limit: 200 } } }));
});

const counts = await screen("school: enrollments by project", async () =>
  done(
    await clerk.api.GET("/api/v1/enrollments/counts", {
      params: { query: { plan_id: plan.id, group_by: "project,state" } },
    }),
  ).data,
);
const largest = counts.items.reduce((one, other) => (other.count > one.count ? other : one));
assert.ok(largest.project_id && largest.project_name, "counts name their projects");

const list = await screen("school: one project's list with names", async () =>
  done(
    await clerk.api.GET("/api/v1/enrollments", {
      params: { query: { project_id: largest.project_id ?? "", limit: 200 } },
    }),
  ).data,
);
assert.ok(list.items.length > 0 && list.items.every((one) => one.student_name && one.project_name));

await screen("school: a pupil by the beginning of its name", async () => {
  const name = list.items[0]?.student_name ?? "";
  const found = done(
    await clerk.api.GET("/api/v1/students", { params: { query: { q: name.slice(0, 1) } } }),
  ).data;
  assert.ok(found.items.some((pupil) => pupil.name === name));
});

const entered = await screen("school: 240 pupils and their guardians", async () => {
  const ids: string[] = [];
  for (const size of [200, 40]) {
    const items = Array.from({ length: size }, (_, place) => ({
      school_id: school.id,
      class_id: null,
      grade: 3,
      name: `新生${String(ids.length + place).padStart(3, "0")}`,
      id_number: null,
      student_number: null,
      entered_on: "2024-09-02",
      priority_groups: [],
      free_help: [],
    }));
    const made = done(
      await clerk.api.POST("/api/v1/students/batch", { params: { header: key() }, body: { items, atomic: true } }),
    ).data;
    const persons = made.items.map((item) => item.made?.person_id ?? "");
    const guardians = persons.map((person_id, place) => ({
      person_id,
      user_id: null,
      kind: "person" as const,
      organisation_name: null,
      relation: "mother" as const,
      contact_name: "家长",
      contact_phone: `139${String(10000000 + ids.length + place)}`,
      rights: ["read", "choose", "sign", "pay"] as const,
      starts_on: "2024-09-02",
      ends_on: null,
      restoring_document: null,
    }));
    const linked = done(
      await clerk.api.POST("/api/v1/guardianships/batch", {
        params: { header: key() },
        body: { items: guardians.map((one) => ({ ...one, rights: [...one.rights] })), atomic: true },
      }),
    ).data;
    ids.push(...linked.items.map((item) => item.made?.id ?? ""));
  }
  return ids;
});
assert.equal(new Set(entered).size, 240);

await screen("school: who has not paid, with names", async () => {
  const unpaid = done(
    await finance.api.GET("/api/v1/charges", { params: { query: { ...term, state: ["open"], limit: 200 } } }),
  ).data;
  assert.ok(unpaid.items.every((charge) => charge.student_name));
});

// ---- A guardian, from the code on the paper

const guardianship = entered[0] ?? "";
const invited = done(
  await clerk.api.POST("/api/v1/guardianships/{id}/invite", {
    params: { path: { id: guardianship }, header: { "If-Match": '"1"' } },
  }),
).data;

await screen("guardian: from a printed code to a signed enrollment", async () => {
  const nobody = createClient<Paths>({ baseUrl: base, headers: { "Accept-Language": "en" } });
  const account = { username: `screens.${randomUUID().slice(0, 8)}`, password: "drei-fluesse-und-ein-berg" };
  done(
    await nobody.POST("/api/v1/guardian-registrations", {
      body: { code: invited.code, phone_last_four: "0000", ...account },
    }),
  );
  const parent = await Session.open(base, account.username, account.password);
  const children = done(await parent.api.GET("/api/v1/students")).data;
  const child = children.items[0];
  assert.ok(child?.school_name, "its school has a name");
  const offers = done(
    await parent.api.GET("/api/v1/students/{id}/offers", { params: { path: { id: child.id } } }),
  ).data;
  const free = offers.items.filter((offer) => offer.can.includes("apply") && offer.seats_left !== 0);
  const chosen = free.filter((offer, place) =>
    free.slice(0, place).every((earlier) => offer.clashes_with.every((clash) => clash.project_id !== earlier.project_id)),
  );
  const project_ids = chosen.slice(0, 2).map((offer) => offer.project_id);
  assert.ok(project_ids.length > 0, "something is offered");
  const agreement = done(
    await parent.api.GET("/api/v1/students/{id}/agreement", {
      params: { path: { id: child.id }, query: { project_ids: project_ids.join(",") } },
    }),
  ).data;
  const signed = done(
    await parent.api.POST("/api/v1/enrollments/batch", {
      params: { header: key() },
      body: { student_id: child.id, project_ids, agreement_sha256: agreement.sha256 },
    }),
  ).data;
  assert.ok(signed.items.every((one) => one.state === "active"));
});

const children = await screen("guardian: my children with school and class", async () =>
  done(await guardian.api.GET("/api/v1/students")).data,
);
assert.ok(children.items.every((child) => child.name && child.school_name));
const offersOf = async (id: string) =>
  done(await guardian.api.GET("/api/v1/students/{id}/offers", { params: { path: { id } } })).data;
const offered = await Promise.all(children.items.map((child) => offersOf(child.id)));
const child = offered.find((offers) => offers.items.length > 0);
assert.ok(child, "a child of the guardian is offered something");

await screen("guardian: what is offered to my child", async () => {
  const offers = await offersOf(child.student_id);
  assert.ok(offers.items.every((offer) => offer.name));
});

await screen("guardian: my enrollments", async () => {
  const own = done(await guardian.api.GET("/api/v1/enrollments")).data;
  assert.ok(own.items.every((one) => one.project_name && one.student_name));
});

await screen("guardian: my charge", async () => {
  done(await guardian.api.GET("/api/v1/charges"));
});

// ---- The bureau's desk

const queue = await screen("bureau: work queue", async () =>
  done(await bureau.api.GET("/api/v1/filings", { params: { query: { state: ["submitted"] } } })).data,
);

await screen("bureau: a filing with its materials and its history", async () => {
  const id = queue.items[0]?.id ?? plan.latest_filing?.id ?? "";
  const filing = done(await bureau.api.GET("/api/v1/filings/{id}", { params: { path: { id } } })).data;
  done(await bureau.api.GET("/api/v1/filings/{id}/document", { params: { path: { id } } }));
  done(await bureau.api.GET("/api/v1/materials", { params: { query: { plan_id: filing.plan_id } } }));
});

await screen("bureau: the county's overview", async () => {
  const overview = done(
    await bureau.api.GET("/api/v1/plans/overview", { params: { query: { ...term } } }),
  ).data;
  assert.ok(overview.schools.length > 1 && overview.schools.every((one) => one.school_name));
});

// ---- Held to what is stored

const stored = new URL(`../${bounded}`, import.meta.url);
if (rewrites) {
  writeFileSync(stored, `${JSON.stringify(costs, null, 2)}\n`);
}
const bounds = JSON.parse(readFileSync(stored, "utf8")) as Record<string, Cost>;
let dearer = 0;
for (const [name, cost] of Object.entries(costs)) {
  const bound = bounds[name];
  const fits = bound !== undefined && cost.requests <= bound.requests
    && cost.statements <= bound.statements && cost.bytes <= bound.bytes * 1.2;
  dearer += fits ? 0 : 1;
  console.log(
    `${fits ? "  " : "! "}${name}: ${cost.requests} requests, ${cost.bytes} bytes, ${cost.statements} statements`
    + (fits ? "" : `, stored ${JSON.stringify(bound)}`),
  );
}
assert.equal(dearer, 0, `screens cost more than they did; ${bounded} holds the bounds`);
assert.deepEqual(Object.keys(bounds).sort(), Object.keys(costs).sort(), `${bounded} names other screens`);
