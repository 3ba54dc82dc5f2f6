// Writes examples/plans/*.json as TypeScript, so that the compiler holds each of them against the contract.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const folder = new URL("../../examples/plans/", import.meta.url);
const members = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => `${JSON.stringify(file)}: ${readFileSync(new URL(file, folder), "utf8").trim()},\n`);

writeFileSync(
  new URL("src/generated/plans.ts", import.meta.url),
  `import type { PlanDocument } from "./contract.js";

export const plans = {\n${members.join("")}} satisfies Record<string, PlanDocument>;
`,
);
