import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyStoreError } from "../../errors/index.ts";
import { keyChoice } from "../policy/key-choice.ts";
import { completePolicy, keyTerms } from "./delivery-policy.ts";
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

  it.each<[object, number, number]>([
    [{}, 1, 256],
    [{ number: 3, size: 64 }, 3, 64],
    [{ number: "1024", size: "65536" }, 1024, 65_536],
    [{ size: 8, number: null }, 1, 8],
    [{ additional_slave_SAE_IDs: [], number: "" }, 1, 256],
  ])("takes %j", (body, count, bits) => {
    expect(readKeyRequest(body as Record<string, unknown>, policy)).toMatchObject({ count, bits });
  });

  it.each<[object, string]>([
    [{ size: 12 }, "size shall be a multiple of 8"],
    [{ size: 64 }, "size shall be 128 to 512"],
    [{ size: 520 }, "size shall be 128 to 512"],
    [{ number: 0 }, "number shall be 1 to 4"],
    [{ number: 5 }, "number shall be 1 to 4"],
    [{ number: -1 }, "number shall be an integer"],
    [{ number: "1e3" }, "number shall be an integer"],
    [{ size: 128.5 }, "size shall be an integer"],
    [{ additional_slave_SAE_IDs: "x" }, "additional_slave_SAE_IDs shall be an array"],
    [{ additional_slave_SAE_IDs: ["x"] }, "additional_slave_SAE_IDs is not supported: max_SAE_ID_count is 0"],
    [{ extension_mandatory: ["x"] }, "not all extension_mandatory parameters are supported"],
    [{ extension_mandatory: {} }, "not all extension_mandatory parameters are supported"],
    [{ extension_optional: [[]] }, "not all extension_optional request options handled"],
  ])("refuses %j", (body, message) => {
    const narrow = completePolicy({ minKeySizeBits: 128, maxKeySizeBits: 512, maxKeysPerRequest: 4 });
    expect(attempt(() => readKeyRequest(body as Record<string, unknown>, narrow))).toMatchObject({
      status: 400,
      message,
    });
  });

  it.each<[object, string]>([
    [{}, "key_IDs is missing or empty"],
    [{ key_IDs: [] }, "key_IDs is missing or empty"],
    [{ key_IDs: ["a", "b", "c"] }, "key_IDs shall name 1 to 2 keys"],
    [{ key_IDs: [{ key_ID: 7 }] }, "each of key_IDs shall hold a key_ID string"],
    [{ key_IDs: [null] }, "each of key_IDs shall hold a key_ID string"],
  ])("refuses the key IDs of %j", (body, message) => {
    const few = completePolicy({ maxKeysPerRequest: 2 });
    expect(attempt(() => readKeyIds(body as Record<string, unknown>, few))).toMatchObject({
      status: 400,
      message,
    });
    const [one, other] = ["01234567-89ab-8def-8123-456789abcdef", "FFFFFFFF-89AB-8DEF-8123-456789ABCDEF"];
    expect(readKeyIds({ key_IDs: [{ key_ID: one }, other] }, few)).toEqual([one, other]);
  });

  it("names key IDs that are none, beside the standard's sentence", () => {
    const good = "01234567-89ab-8def-8123-456789abcdef";
    const ids = ["KEY-ID", good, good.slice(1), `${good}0`, good.replace("a", "g"), "", "x".repeat(500)];
    const refused = attempt(() => readKeyIds({ key_IDs: ids }, policy));
    expect(refused).toMatchObject({
      status: 400,
      message: "one or more keys specified are not found on KME",
    });
    expect((refused as Refusal).details).toEqual(
      [...ids.filter((id) => id !== good).slice(0, -1), "x".repeat(100)].map((id) => ({
        malformed_key_ID: id,
      })),
    );
    const many = attempt(() => readKeyIds({ key_IDs: Array(20).fill("x") }, policy));
    expect((many as Refusal).details).toHaveLength(8);
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

describe("the options of a request", () => {
  const QKD = { qkdlink_origin: "qkd" };
  const PQC = { qkdlink_origin: "pqc" };
  const ACCEPT = { qkdlink_accept_pqc: true };
  const REFUSE = { qkdlink_accept_pqc: false };
  const UNSUPPORTED = "not all extension_mandatory parameters are supported";
  const UNMET = "not all extension_mandatory request options could be met";
  const UNHANDLED = "not all extension_optional request options handled";

  /** What the request may be served from at a caller whom the policy would give anything, or the refusal. */
  function served(body: object, listed: boolean): string {
    const request = attempt(() => readKeyRequest(body as Record<string, unknown>, policy));
    if (request instanceof Refusal) return `${request.status} ${request.message}`;
    const full = completePolicy({ allowPqcFor: listed ? "all" : "none" });
    const terms = keyTerms(full, request, "sae");
    if (request.mustAcceptPqc && !terms.accepts.includes("pqc")) return `400 ${UNMET}`;
    const wish = { bits: 256, ...(request.origin && { origin: request.origin }) };
    const choice = keyChoice({
      terms,
      wish,
      fallback: { engaged: true, reason: "linkDown" },
      levels: { qkd: 0, pqc: 1e6 },
      canMake: ["pqc"],
    });
    return choice.steps === null ? choice.reason : choice.steps.map(({ origin }) => origin).join(" ");
  }

  it.each<[string, object, string, string]>([
    [
      "mandatory QKD beside optional others",
      { extension_mandatory: [QKD], extension_optional: [PQC, ACCEPT] },
      "exhausted",
      "exhausted",
    ],
    ["mandatory QKD and acceptance", { extension_mandatory: [QKD, ACCEPT] }, "exhausted", "exhausted"],
    [
      "mandatory QKD beside named acceptance",
      { extension_mandatory: [QKD], ...ACCEPT },
      "exhausted",
      "exhausted",
    ],
    [
      "mandatory QKD beside a named other",
      { extension_mandatory: [QKD], ...PQC },
      `400 ${UNMET}`,
      `400 ${UNMET}`,
    ],
    ["two mandatory origins", { extension_mandatory: [QKD, PQC] }, `400 ${UNMET}`, `400 ${UNMET}`],
    [
      "mandatory refusal and acceptance",
      { extension_mandatory: [REFUSE, ACCEPT] },
      `400 ${UNMET}`,
      `400 ${UNMET}`,
    ],
    [
      "mandatory refusal beside optional acceptance",
      { extension_mandatory: [REFUSE], extension_optional: [ACCEPT] },
      "exhausted",
      "exhausted",
    ],
    [
      "a mandatory refusal of what is wanted",
      { extension_mandatory: [PQC, REFUSE] },
      "notAccepted",
      "notAccepted",
    ],
    [
      "a named refusal beside optional acceptance",
      { ...REFUSE, extension_optional: [ACCEPT] },
      "exhausted",
      "exhausted",
    ],
    ["an optional refusal", { extension_optional: [REFUSE] }, "exhausted", "exhausted"],
    ["optional QKD", { extension_optional: [QKD, ACCEPT] }, "exhausted", "exhausted"],
    [
      "two optional origins",
      { extension_optional: [QKD, PQC, ACCEPT] },
      `400 ${UNHANDLED}`,
      `400 ${UNHANDLED}`,
    ],
    [
      "an optional origin that is none",
      { extension_optional: [{ qkdlink_origin: "QKD" }] },
      `400 ${UNHANDLED}`,
      `400 ${UNHANDLED}`,
    ],
    ["a named origin that is none", { qkdlink_origin: "QKD" }, `400 ${UNMET}`, `400 ${UNMET}`],
    ["a named list of origins", { qkdlink_origin: ["qkd", "pqc"] }, `400 ${UNMET}`, `400 ${UNMET}`],
    [
      "a mandatory origin that is none",
      { extension_mandatory: [{ qkdlink_origin: "quantum" }] },
      `400 ${UNMET}`,
      `400 ${UNMET}`,
    ],
    [
      "mandatory keys over other nodes, at a site that has none",
      { extension_mandatory: [{ qkdlink_origin: "relay" }] },
      "notAccepted",
      "notAccepted",
    ],
    [
      "something mandatory that is unknown",
      { extension_mandatory: [{ acme_x: 1 }] },
      `400 ${UNSUPPORTED}`,
      `400 ${UNSUPPORTED}`,
    ],
    ["mandatory hybrid", { extension_mandatory: [{ qkdlink_origin: "hybrid" }] }, "hybrid", "hybrid"],
    ["mandatory acceptance", { extension_mandatory: [ACCEPT] }, "pqc pqc", "pqc pqc"],
    [
      "mandatory PQC, accepted",
      { extension_mandatory: [PQC], extension_optional: [ACCEPT] },
      "pqc pqc",
      "pqc pqc",
    ],
    ["nothing", {}, "exhausted", "pqc pqc"],
    ["something optional that is unknown", { extension_optional: [{ acme_x: 1 }] }, "exhausted", "pqc pqc"],
  ])("with %s never serve what the caller refused", (_, body, unlisted, listed) => {
    expect([served(body, false), served(body, true)]).toEqual([unlisted, listed]);
  });

  it("with mandatory acceptance are refused where the policy allows none", () => {
    const closed = completePolicy({ allowPqcOptIn: false });
    const request = readKeyRequest({ extension_mandatory: [ACCEPT] }, closed);
    expect([request.mustAcceptPqc, keyTerms(closed, request, "sae").accepts]).toEqual([true, ["qkd"]]);
  });
});
