// What must not compile. It never runs: the compiler fails where one of these lines is no error any more.
import type { Client } from "openapi-fetch";
import type { EnrollmentState, paths } from "./generated/contract.js";

export function wrong(api: Client<paths>, id: string, header: { "Idempotency-Key": string }) {
  return [
    // @ts-expect-error A change names the version that was read: `If-Match`.
    api.POST("/api/v1/plans/{id}/submit", { params: { path: { id } } }),
    // @ts-expect-error What moves seats or money can be repeated: `Idempotency-Key`.
    api.POST("/api/v1/enrollments", { body: { student_id: id, project_id: id } }),
    // @ts-expect-error The pupil is missing.
    api.POST("/api/v1/charges", { params: { header }, body: { school_year: "2024-2025", season: "autumn" } }),
    // @ts-expect-error Filings are approved, not plans.
    api.POST("/api/v1/plans/{id}/approve", { params: { path: { id }, header: { "If-Match": '"1"' } } }),
    // @ts-expect-error An enrollment is never rejected.
    (state: EnrollmentState) => state === "rejected",
  ];
}
