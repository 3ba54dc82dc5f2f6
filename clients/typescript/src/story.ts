// A term of one child, from the plan of its school to the one charge, on a fresh `kehou serve --demo`.
//
//     node dist/story.js [../../kehou-demo.env]
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { plans } from "./generated/plans.js";
import { Session, done } from "./session.js";

const demo = new Map(
  readFileSync(process.argv[2] ?? "../../kehou-demo.env", "utf8")
    .split("\n")
    .map((line) => line.split("=", 2))
    .map(([name = "", value = ""]): [string, string] => [name, value]),
);

function setting(name: string): string {
  const value = demo.get(name);
  assert.ok(value, `${name} is not in the demonstration's settings`);
  return value;
}

/** Equal, and comparable by the contract: a state that it does not know does not compile. */
function is<T>(actual: T, expected: NoInfer<T>): void {
  assert.deepEqual(actual, expected);
}

const signIn = (username: string) => Session.open(setting("KEHOU"), username, "kehou-demo");
const key = () => ({ "Idempotency-Key": randomUUID() });

// Four people sign in. The guardian renews at once, only to show that the story goes on with the new token.
const school = await signIn("demo.school");
const bureau = await signIn("demo.bureau");
const guardian = await signIn("demo.guardian");
const finance = await signIn("demo.finance");
await guardian.renew();
console.log("signed in:", [school, bureau, guardian, finance].map(({ role }) => role).join(", "));

// The school lets the rules judge a plan that is not stored.
const document = plans["yueyang-demo-2024-autumn.json"];
const check = done(await school.api.POST("/api/v1/checks/plan", { body: document })).data;
is(check.passes, true);
console.log(`checked by ${check.profile.id}: ${check.service_days} days of service, ${check.findings.length} findings`);

// It files the plan at the version that it has read.
const ofPlan = { id: setting("PLAN") };
const draft = done(await school.api.GET("/api/v1/plans/{id}", { params: { path: ofPlan } }));
const plan = done(
  await school.api.POST("/api/v1/plans/{id}/submit", {
    params: { path: ofPlan, header: { "If-Match": draft.etag } },
  }),
).data;
is(plan.state, "submitted");
const filed = plan.latest_filing;
assert.ok(filed);
console.log("filed:", filed.case_number, filed.sha256);

// The bureau reads the filing, and approves these bytes and no others.
const ofFiling = { id: filed.id };
const read = done(await bureau.api.GET("/api/v1/filings/{id}", { params: { path: ofFiling } }));
assert.ok(read.data.can.includes("approve"));
const filing = done(
  await bureau.api.POST("/api/v1/filings/{id}/approve", {
    params: { path: ofFiling, header: { "If-Match": read.etag } },
    body: { sha256: read.data.sha256 },
  }),
).data;
is(filing.state, "approved");
console.log("approved:", filing.case_number, "can now", filing.can);

// Whoever still holds the old version is told so, and changes nothing.
const late = await bureau.api.POST("/api/v1/filings/{id}/approve", {
  params: { path: ofFiling, header: { "If-Match": read.etag } },
  body: { sha256: read.data.sha256 },
});
is(late.error?.code, "version-mismatch");

// The school publishes the notice. Guardians read it without signing in.
const ofNotice = { id: setting("NOTICE") };
const drafted = done(await school.api.GET("/api/v1/notices/{id}", { params: { path: ofNotice } }));
const notice = done(
  await school.api.POST("/api/v1/notices/{id}/publish", {
    params: { path: ofNotice, header: { "If-Match": drafted.etag } },
  }),
).data;
is(notice.state, "published");
console.log("published:", notice.page);

// The guardian chooses. A repeat under the same key, as after a lost answer, is the same enrollment.
const student_id = setting("STUDENT");
const choice = {
  params: { header: key() },
  body: { student_id, project_id: setting("PROJECT") },
};
const chosen = done(await guardian.api.POST("/api/v1/enrollments", choice));
const repeated = await guardian.api.POST("/api/v1/enrollments", choice);
is(repeated.response.headers.get("Idempotency-Replayed"), "true");
is(done(repeated).data, chosen.data);
is(chosen.data.state, "allocated");

// It reads the agreement, and signs this text and no other.
const ofEnrollment = { id: chosen.data.id };
const agreement = done(
  await guardian.api.GET("/api/v1/enrollments/{id}/agreement", { params: { path: ofEnrollment } }),
);
is(agreement.data.signed_at, null);
const enrollment = done(
  await guardian.api.POST("/api/v1/enrollments/{id}/sign", {
    params: { path: ofEnrollment, header: { "If-Match": chosen.etag } },
    body: { sha256: agreement.data.sha256 },
  }),
).data;
is(enrollment.state, "active");
console.log("enrolled:", enrollment.state, agreement.data.sha256);

// The school charges once: 81 lessons from the day of signing, at 4 yuan.
const term = { student_id, school_year: plan.school_year, season: plan.season };
const charge = done(await finance.api.POST("/api/v1/charges", { params: { header: key() }, body: term })).data;
is(charge.amount_fen, 32400);
is(charge.lines[0]?.lessons, 81);
console.log("charged:", charge.amount_fen, "fen for", charge.lines[0]?.lessons, "lessons");

// A second charge is refused by the rule that says so, with its clause.
const again = await finance.api.POST("/api/v1/charges", { params: { header: key() }, body: term });
is(again.response.status, 422);
is(again.error?.code, "refused-by-rules");
const finding = again.error?.findings[0];
is(finding?.rule, "once-per-term-fee");
console.log(`refused: ${finding?.rule} (${finding?.document}, ${finding?.clause}): ${finding?.message}`);
