import { describe, expect, it } from "vitest";
import { SecretBytes } from "../../protocol/index.ts";
import type { PoolStatus, TakenKey } from "../pool/key-pool.ts";
import { completePolicy, DEFAULT_DELIVERY_POLICY, listed } from "./delivery-policy.ts";
import { keyContainer, type StatusLevels, statusBody } from "./responses.ts";

const CALM = { engaged: false, reason: null } as const;
const level = (availableBits: number, capacityBits = 2560): PoolStatus => ({
  origin: "qkd",
  availableBits,
  peerBits: 0,
  lackBits: 0,
  capacityBits,
  blocks: 0,
  oldestCreatedAtMs: null,
});
const levels = (facts: Partial<StatusLevels>): StatusLevels => ({
  counted: [level(0)],
  capacityBits: 2560,
  pqc: level(0),
  relay: null,
  hybrid: null,
  fallback: CALM,
  ledger: null,
  logLost: false,
  ...facts,
});

const taken = (facts: Partial<TakenKey>): TakenKey => ({
  keyId: "an-id",
  key: new SecretBytes(new Uint8Array(2).fill(255)),
  origin: "qkd",
  createdAtMs: 1000,
  blockId: "ab",
  auth: "information-theoretic",
  epsilon: { block: 1e-10, total: 3e-10 },
  ...facts,
});

it("a key tells its origin, age, class of authentication and bounds, and claims none where there is none", () => {
  const keys = [taken({}), taken({ origin: "pqc", auth: "computational", epsilon: null })];
  expect(keyContainer(keys, 4000)).toEqual({
    keys: [
      {
        key_ID: "an-id",
        key: "//8=",
        key_extension: {
          qkdlink_origin: "qkd",
          qkdlink_auth: "information-theoretic",
          qkdlink_epsilon: 1e-10,
          qkdlink_epsilon_total: 3e-10,
          qkdlink_age_s: 3,
        },
      },
      {
        key_ID: "an-id",
        key: "//8=",
        key_extension: { qkdlink_origin: "pqc", qkdlink_auth: "computational", qkdlink_age_s: 3 },
      },
    ],
  });
});

it("the status tells the class of what comes next and the sum, where the site has a ledger", () => {
  const names = {
    sourceKmeId: "a",
    targetKmeId: "b",
    master: "m",
    slave: "s",
    by: "commonName",
    fingerprint: "f",
  };
  const told = (ledger: StatusLevels["ledger"] = null) =>
    statusBody(names, DEFAULT_DELIVERY_POLICY, levels({ ledger }));
  expect(told({ total: 2e-9, auth: "computational" })).toMatchObject({
    status_extension: { qkdlink_auth: "computational", qkdlink_epsilon_total: 2e-9 },
  });
  const { status_extension: extension } = told() as { readonly status_extension: object };
  expect(Object.keys(extension)).not.toContain("qkdlink_auth");
});

describe("delivered keys", () => {
  it("are wiped once they are written, and never younger than now", () => {
    const key = new SecretBytes(Uint8Array.of(1, 2, 3));
    expect(keyContainer([taken({ key, createdAtMs: 5000 })], 2000)).toMatchObject({
      keys: [{ key: "AQID", key_extension: { qkdlink_age_s: 0 } }],
    });
    expect([...key.reveal()]).toEqual([0, 0, 0]);
  });
});

describe("a status", () => {
  it("counts no more keys than the pool can hold", () => {
    const names = { sourceKmeId: "a", targetKmeId: "b", master: "m", slave: "s", by: "x", fingerprint: "" };
    const lost = (logLost: boolean) =>
      statusBody(names, completePolicy(), levels({ logLost })) as { readonly status_extension: object };
    expect(lost(true).status_extension).toMatchObject({ qkdlink_log: "lost" });
    expect(lost(false).status_extension).not.toHaveProperty("qkdlink_log");
    expect(statusBody(names, completePolicy(), levels({ counted: [level(5120)] }))).toMatchObject({
      stored_key_count: 10,
      max_key_count: 10,
    });
  });
});

describe("a policy", () => {
  it.each([
    { maxKeysPerRequest: 4097 },
    { maxKeysPerRequest: 0 },
    { keySizeBits: 260 },
    { minKeySizeBits: 512 },
    { maxKeySizeBits: 128 },
    { saeIdentity: [] },
  ])("with %j is refused", (change) => {
    expect(() => completePolicy(change)).toThrow(expect.objectContaining({ code: "QKD_CONFIG_INVALID" }));
  });

  it("lists those that it names", () => {
    expect([listed("all", "a"), listed(["a"], "a"), listed(["a"], "b")]).toEqual([true, true, false]);
    // The word itself contains some names.
    expect(["none", "on", "n"].map((sae) => listed("none", sae))).toEqual([false, false, false]);
  });
});

it("a relayed key names the nodes of its ways", () => {
  const route = [["a", "b", "c"]];
  expect(keyContainer([taken({ origin: "relay", route })], 1000)).toMatchObject({
    keys: [{ key_extension: { qkdlink_origin: "relay", qkdlink_route: route } }],
  });
});

it("the status counts relayed keys with the others, and apart", () => {
  const names = {
    sourceKmeId: "a",
    targetKmeId: "c",
    master: "m",
    slave: "s",
    by: "commonName",
    fingerprint: "f",
  };
  const status = (bits: number) =>
    statusBody(names, completePolicy(), levels({ counted: [level(0), level(bits)], relay: level(bits) }));
  expect(status(1024)).toMatchObject({
    stored_key_count: 4,
    status_extension: { qkdlink_relay_key_count: 4 },
  });
  expect(status(25_600)).toMatchObject({ stored_key_count: 10, max_key_count: 10 });
});

it("the status tells of hybrid keys where the master may have them", () => {
  const names = { sourceKmeId: "a", targetKmeId: "b", master: "m", slave: "s", by: "x", fingerprint: "" };
  const told = (hybrid: PoolStatus | null) =>
    statusBody(names, completePolicy(), levels({ hybrid })) as { readonly status_extension: object };
  expect(told(level(512)).status_extension).toMatchObject({ qkdlink_hybrid_key_count: 2 });
  expect(told(null).status_extension).not.toHaveProperty("qkdlink_hybrid_key_count");
});
