import { describe, expect, it } from "vitest";
import { SecretBytes } from "../../protocol/index.ts";
import { completePolicy, listed } from "./delivery-policy.ts";
import { keyContainer, statusBody } from "./responses.ts";

describe("delivered keys", () => {
  it("are wiped once they are written, and never younger than now", () => {
    const key = new SecretBytes(Uint8Array.of(1, 2, 3));
    const taken = { keyId: "id", key, origin: "qkd", createdAtMs: 5000, blockId: "" } as const;
    expect(keyContainer([taken], 2000)).toEqual({
      keys: [{ key_ID: "id", key: "AQID", key_extension: { qkdlink_origin: "qkd", qkdlink_age_s: 0 } }],
    });
    expect([...key.reveal()]).toEqual([0, 0, 0]);
  });
});

describe("a status", () => {
  it("counts no more keys than the pool can hold", () => {
    const names = { sourceKmeId: "a", targetKmeId: "b", master: "m", slave: "s", by: "x", fingerprint: "" };
    const pool = { capacityBits: 2560, availableBits: 5120 } as Parameters<typeof statusBody>[2];
    const fallback = { engaged: false, reason: null };
    expect(statusBody(names, completePolicy(), pool, pool, fallback)).toMatchObject({
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
