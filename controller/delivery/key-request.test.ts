import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyStoreError } from "../../errors/index.ts";
import { completePolicy } from "./delivery-policy.ts";
import { readKeyIds, readKeyRequest } from "./key-request.ts";
import { Refusal, toRefusal } from "./refusal.ts";

const policy = completePolicy();

/** Objects with the names that the reader looks at, holding anything. */
const members = fc.dictionary(
  fc.constantFrom(
    "number",
    "size",
    "additional_slave_SAE_IDs",
    "extension_mandatory",
    "extension_optional",
    "key_IDs",
    "key_ID",
    "qkdlink_origin",
    "qkdlink_accept_pqc",
    "__proto__",
    "constructor",
    "other",
  ),
  fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(8, "256", true, "qkd", "pqc", [{ qkdlink_accept_pqc: true }], [{}]),
  ),
);

/** The result, or the refusal; anything else that is thrown fails the test. */
function attempt<T>(read: () => T): T | Refusal {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

describe("reading requests", () => {
  it("turns any JSON object into a request within the limits or into a 400", () => {
    fc.assert(
      fc.property(members, (body) => {
        const request = attempt(() => readKeyRequest(body, policy));
        if (request instanceof Refusal) {
          expect(request.status).toBe(400);
          return;
        }
        expect(request.bits % 8).toBe(0);
        expect(request.bits).toBeGreaterThanOrEqual(policy.minKeySizeBits);
        expect(request.bits).toBeLessThanOrEqual(policy.maxKeySizeBits);
        expect(request.count).toBeGreaterThanOrEqual(1);
        expect(request.count).toBeLessThanOrEqual(policy.maxKeysPerRequest);
      }),
      { seed: 14, numRuns: 3000 },
    );
  });

  it("turns any JSON object into a list of texts or into a 400", () => {
    fc.assert(
      fc.property(members, (body) => {
        const ids = attempt(() => readKeyIds(body, policy));
        if (ids instanceof Refusal) expect(ids.status).toBe(400);
        else for (const id of ids) expect(id).toEqual(expect.any(String));
      }),
      { seed: 15, numRuns: 3000 },
    );
  });

  it("honours opting in only where the policy lets a request do so", () => {
    const body = { extension_optional: [{ qkdlink_accept_pqc: true }, { acme_colour: "blue" }] };
    expect(readKeyRequest(body, policy).acceptPqc).toBe(true);
    expect(readKeyRequest(body, completePolicy({ allowPqcOptIn: false })).acceptPqc).toBe(false);
    expect(readKeyRequest({ qkdlink_accept_pqc: "true" }, policy).acceptPqc).toBe(true);
  });
});

describe("refusals", () => {
  it.each([
    ["QKD_KEYSTORE_UNKNOWN_KEY", 400, "one or more keys specified are not found on KME"],
    ["QKD_KEYSTORE_FORBIDDEN", 401, "the caller is not a slave SAE of every requested key"],
    ["QKD_KEYSTORE_FULL", 503, "the key store cannot serve now"],
    ["QKD_KEYSTORE_UNREADABLE", 503, "the key store cannot serve now"],
  ] as const)("answer %s with %i", (code, status, message) => {
    const refusal = toRefusal(new KeyStoreError(code, "inner", { context: { path: "/secret/place" } }));
    expect([refusal.status, refusal.body.message]).toEqual([status, message]);
    expect(JSON.stringify(refusal.body)).not.toContain("/secret/place");
  });

  it("say nothing of unknown causes", () => {
    expect(toRefusal(new Error("key 00ff")).body).toEqual({ message: "internal error of the KME" });
  });
});
