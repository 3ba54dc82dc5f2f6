// Each question finds what is planted into a document where none finds anything.

import assert from "node:assert";
import test from "node:test";
import { QUESTIONS } from "./questions.mjs";

const content = () => ({
  content: { "application/json": { schema: { $ref: "#/components/schemas/Tree" }, example: {} } },
});

const sound = () => ({
  paths: {
    "/trees": {
      parameters: [{ name: "kind", in: "query", schema: { $ref: "#/components/schemas/Kind" } }],
      post: {
        security: [],
        requestBody: { $ref: "#/components/requestBodies/Tree" },
        responses: {
          201: { $ref: "#/components/responses/Tree" },
          400: { description: "No tree 不是树" },
        },
      },
    },
  },
  components: {
    requestBodies: { Tree: content() },
    responses: { Tree: content() },
    schemas: {
      Kind: { type: "string", enum: ["oak", "elm"], description: "Kind 种类" },
      Tree: {
        type: "object",
        description: "A tree 树",
        properties: {
          description: { type: "string", maxLength: 9, description: "What is said 说明" },
          kind: { $ref: "#/components/schemas/Kind" },
          code: { type: "string", pattern: "^[0-9]{6}$", description: "Code 代码" },
          leaves: { type: "array", maxItems: 9, items: { $ref: "#/components/schemas/Kind" }, description: "Leaves 叶" },
          size: { type: "integer", format: "int32", description: "Size 大小" },
        },
      },
    },
  },
});

const fields = ({ components }) => components.schemas.Tree.properties;
const FAULTS = {
  examples: [
    ({ components }) => delete components.requestBodies.Tree.content["application/json"].example,
    ({ components }) => (components.responses.Tree.content["application/json"].example = undefined),
  ],
  chinese: [
    (document) => (fields(document).size.description = "Size"),
    ({ paths }) => (paths["/trees"].post.responses[400].description = "No tree"),
  ],
  properties: [
    (document) => delete fields(document).size.description,
    ({ components }) => delete components.schemas.Kind.description,
  ],
  arrays: [(document) => delete fields(document).leaves.maxItems],
  strings: [
    (document) => delete fields(document).description.maxLength,
    (document) => (fields(document).code.pattern = "^[0-9]+$"),
    (document) => (fields(document).code.pattern = "[0-9]{6}"),
    ({ paths }) => (paths["/trees"].parameters[0].schema = { type: ["string", "null"] }),
  ],
  integers: [(document) => delete fields(document).size.format],
  enums: [({ paths }) => (paths["/trees"].parameters[0].schema = { type: "string", enum: ["oak", "elm"] })],
  security: [({ paths }) => delete paths["/trees"].post.security],
  refusals: [({ paths }) => delete paths["/trees"].post.responses[400]],
};

test("nothing is found in a sound document", () => {
  for (const [name, question] of Object.entries(QUESTIONS)) assert.deepEqual([...question(sound())], [], name);
});

for (const [name, question] of Object.entries(QUESTIONS)) {
  test(`${name}: what is planted is found`, () => {
    assert.ok(FAULTS[name]?.length, "a fault for each question");
    for (const fault of FAULTS[name]) {
      const document = sound();
      fault(document);
      assert.equal([...question(document)].length, 1, String(fault));
    }
  });
}
