// Spectral's rules for OpenAPI, all of them, and a rule `kehou-…` for each question of questions.mjs.

import { oas } from "@stoplight/spectral-rulesets";
import { QUESTIONS } from "./questions.mjs";

const rule = (question) => ({
  message: "{{error}}",
  severity: "error",
  resolved: false,
  given: "$",
  then: { function: (document) => [...question(document)].map(([message, path]) => ({ message, path })) },
});

export default {
  extends: [[oas, "all"]],
  rules: {
    // Whoever runs the program answers for it; the document knows no mailbox.
    "contact-properties": "off",
    // OpenAPI 3.1 names a licence by its identifier, which excludes a url.
    "license-url": "off",
    // Tags stand in the order of the roles that read them.
    "openapi-tags-alphabetical": "off",
    ...Object.fromEntries(Object.entries(QUESTIONS).map(([name, question]) => [`kehou-${name}`, rule(question)])),
  },
};
