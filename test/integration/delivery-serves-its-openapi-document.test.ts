import { Ajv } from "ajv";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Answer, client, twoSites } from "./delivery-sites.ts";

let sites: Awaited<ReturnType<typeof twoSites>>;
let ask: ReturnType<typeof client>;
let document: {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, object> }>>;
  readonly components: { readonly schemas: Record<string, object> };
};

beforeAll(async () => {
  sites = await twoSites();
  await sites.pools.fill(64_000);
  ask = client(sites.alice.url, sites.authority.ca, await sites.authority.issue("sae-a"));
  document = (await ask.get("/api/v1/openapi.json")).body;
});
afterAll(async () => {
  ask.close();
  await sites.close();
});

/** What is wrong with the body of an answer by the schema of that name. */
function faults(name: string, body: unknown): unknown {
  // Formats and encodings are notes to readers.
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: "delivery", ...document }, "delivery");
  const validate = ajv.compile({ $ref: `delivery#/components/schemas/${name}` });
  return validate(body) ? null : validate.errors;
}

it("names every call, each with its refusals", () => {
  expect(document.openapi).toBe("3.1.0");
  const calls = Object.entries(document.paths).flatMap(([path, verbs]) =>
    ["get", "post"].filter((verb) => verb in verbs).map((verb) => `${verb} ${path.split("/").at(-1)}`),
  );
  expect(calls).toEqual(["get status", "get enc_keys", "post enc_keys", "get dec_keys", "post dec_keys"]);
  for (const { get } of Object.values(document.paths))
    expect(Object.keys(get!.responses)).toEqual(["200", "400", "401", "503"]);
});

it("describes what the server answers", async () => {
  const path = "/api/v1/keys/sae-b";
  const answers: readonly (readonly [string, number, Answer])[] = [
    ["Status", 200, await ask.get(`${path}/status`)],
    ["KeyContainer", 200, await ask.post(`${path}/enc_keys`, { number: 2 })],
    ["Error", 400, await ask.post(`${path}/enc_keys`, { size: 7 })],
    ["Error", 503, await ask.post(`${path}/enc_keys`, { number: 1024, size: 65_536 })],
  ];
  for (const [schema, status, answer] of answers) {
    expect(answer.status).toBe(status);
    expect(faults(schema, answer.body), schema).toBeNull();
  }
  expect(faults("KeyContainer", { keys: [{ key: "AA==" }] })).not.toBeNull();
});

it("is for those alone that are somebody", async () => {
  const nobody = client(sites.alice.url, sites.authority.ca);
  expect((await nobody.get("/api/v1/openapi.json")).status).toBe(401);
  nobody.close();
});
