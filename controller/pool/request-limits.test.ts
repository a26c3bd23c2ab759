import { describe, expect, it } from "vitest";
import { AUTH_SEGMENT_BYTES } from "./auth-layout.ts";
import { TAIL_BYTES } from "./block-tail.ts";
import { KEY_ID_LIMITS } from "./key-id.ts";
import type { PendingBlock } from "./key-pool.ts";
import {
  checkBlock,
  checkFetch,
  checkPadLength,
  checkReplenishment,
  checkTake,
  MAX_KEYS_PER_CALL,
} from "./request-limits.ts";

const AUDIENCE = { master: "sae-a", slave: "sae-b" };
type Block = PendingBlock<{ readonly length: number }>;
const BLOCK: Block = {
  blockId: "0123456789abcdef0123456789abcdef",
  sequence: 7,
  origin: "qkd",
  key: { length: 1064 },
  tail: { length: TAIL_BYTES },
  authBytes: 1000,
  epsilon: { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-12 },
  createdAtMs: 1,
};

const REFUSED = expect.objectContaining({ code: "QKD_KEYSTORE_REQUEST" });

describe("a block", () => {
  it.each<[string, Partial<Block>]>([
    ["of a usual size", {}],
    ["without authentication key", { authBytes: 0, key: { length: 32 } }],
    [
      "of the largest share",
      { authBytes: 2 * AUTH_SEGMENT_BYTES, key: { length: 2 * AUTH_SEGMENT_BYTES + 32 } },
    ],
    ["of the largest size and number", { key: { length: 2 ** 25 }, sequence: KEY_ID_LIMITS.sequence }],
    ["of another origin", { origin: "pqc", authBytes: 0 }],
  ])("%s is taken", (_name, change) => {
    expect(() => checkBlock({ ...BLOCK, ...change })).not.toThrow();
  });

  it.each<[string, Partial<Block>]>([
    ["an odd share of authentication key", { authBytes: 999 }],
    ["too large a share", { authBytes: 2 * AUTH_SEGMENT_BYTES + 2, key: { length: 2 ** 22 } }],
    ["a share of another origin", { origin: "pqc" }],
    ["an id in capitals", { blockId: BLOCK.blockId.toUpperCase() }],
    ["a short id", { blockId: BLOCK.blockId.slice(1) }],
    ["a number beyond 32 bits", { sequence: KEY_ID_LIMITS.sequence + 1 }],
    ["a number below zero", { sequence: -1 }],
    ["an unknown origin", { origin: "moon" as "qkd", authBytes: 0 }],
    ["a time that is none", { createdAtMs: Number.NaN }],
    ["a time below zero", { createdAtMs: -1 }],
    ["no key behind its share", { key: { length: 1031 } }],
    ["more than key IDs can name", { key: { length: 2 ** 25 + 1 } }],
  ])("with %s is refused", (_name, change) => {
    expect(() => checkBlock({ ...BLOCK, ...change })).toThrow(REFUSED);
  });
});

describe("a request for keys", () => {
  const take = (change: object) => () =>
    checkTake({ bits: 256, count: 1, origin: "qkd", audience: AUDIENCE, ...change });

  it("is taken from one byte to the largest, and from one key to the most of a call", () => {
    expect(take({ bits: 8, count: MAX_KEYS_PER_CALL })).not.toThrow();
    expect(take({ bits: KEY_ID_LIMITS.keyBytes * 8 })).not.toThrow();
  });

  it.each([
    ["no bits", { bits: 0 }],
    ["part of a byte", { bits: 12 }],
    ["a fraction", { bits: 8.5 }],
    ["more than an ID can name", { bits: KEY_ID_LIMITS.keyBytes * 8 + 8 }],
    ["no key", { count: 0 }],
    ["half a key", { count: 1.5 }],
    ["too many keys", { count: MAX_KEYS_PER_CALL + 1 }],
    ["no master", { audience: { master: "", slave: "b" } }],
    ["no slave", { audience: { master: "a", slave: "" } }],
    ["a name without end", { audience: { master: "a", slave: "b".repeat(257) } }],
    ["a name that is no text", { audience: { master: 7, slave: "b" } }],
  ])("of %s is refused", (_name, change) => {
    expect(take(change)).toThrow(REFUSED);
  });
});

describe("a request for keys by their IDs", () => {
  it("is taken in lower case, each once", () => {
    expect(checkFetch(["AB", "cd"], AUDIENCE)).toEqual(["ab", "cd"]);
    const most = Array.from({ length: MAX_KEYS_PER_CALL }, (_, index) => `${index}`);
    expect(checkFetch(most, AUDIENCE)).toHaveLength(MAX_KEYS_PER_CALL);
    expect(() => checkFetch([...most, "x"], AUDIENCE)).toThrow(REFUSED);
  });

  it.each([
    ["of none", [], AUDIENCE],
    ["that names one twice", ["ab", "AB"], AUDIENCE],
    ["of nobody", ["ab"], { master: "", slave: "b" }],
  ] as const)("%s is refused", (_name, ids, audience) => {
    expect(() => checkFetch(ids, audience)).toThrow(REFUSED);
  });
});

describe("authentication key", () => {
  it.each([0, -1, 1.5, AUTH_SEGMENT_BYTES + 1])("is not given in pads of %d bytes", (bytes) => {
    expect(() => checkPadLength(bytes)).toThrow(REFUSED);
  });

  it("is given up to a segment, and added up to two", () => {
    expect(() => checkPadLength(AUTH_SEGMENT_BYTES)).not.toThrow();
    expect(() => checkReplenishment(2 ** 32 - 1, 2 * AUTH_SEGMENT_BYTES)).not.toThrow();
  });

  it.each([
    [-1, 2],
    [2 ** 32, 2],
    [0.5, 2],
    [0, 0],
    [0, 3],
    [0, 2 * AUTH_SEGMENT_BYTES + 2],
  ])("is not added under the number %d with %d bytes", (sequence, bytes) => {
    expect(() => checkReplenishment(sequence, bytes)).toThrow(REFUSED);
  });
});
