import { describe, expect, it } from "vitest";
import { KeyStoreError } from "../../errors/index.ts";
import type { KeyPool } from "../pool/key-pool.ts";
import { takeKeys } from "./take-keys.ts";

const WANTED = { bits: 256, count: 2, audience: { master: "a", slave: "b" } };
const QUIET = { engaged: false, reason: null };
const TERMS = { accepts: ["qkd"], stockDuringFallback: "serve" } as const;

function source(takeMany: () => Promise<unknown>) {
  const served: number[] = [];
  const pool = { takeMany } as unknown as KeyPool;
  return { served, keys: { pool, fallback: () => QUIET, served: (bits: number) => served.push(bits) } };
}

it("a failing store is told as what it is, an empty pool as exhausted, and neither as demand", async () => {
  const failing = (code: "QKD_KEYSTORE_FULL" | "QKD_KEYSTORE_EXHAUSTED") =>
    source(() => Promise.reject(new KeyStoreError(code, "no")));
  const full = failing("QKD_KEYSTORE_FULL");
  await expect(takeKeys(full.keys, TERMS, WANTED)).rejects.toMatchObject({ code: "QKD_KEYSTORE_FULL" });
  const empty = failing("QKD_KEYSTORE_EXHAUSTED");
  expect(await takeKeys(empty.keys, TERMS, WANTED)).toMatchObject({ keys: null, reason: "exhausted" });
  expect([full.served, empty.served]).toEqual([[], []]);
});

it("what is served is told as demand", async () => {
  const { keys, served } = source(async () => []);
  await takeKeys(keys, TERMS, WANTED);
  expect(served).toEqual([512]);
});

it("a pair gives what it has: nothing is asked of it that it never has, and who insists on that is told so", async () => {
  const asked: unknown[] = [];
  const { keys, served } = source(async () => []);
  const pool = {
    takeMany: async ({ origin }: { origin: string }) => {
      asked.push(origin);
      return [];
    },
  } as unknown as KeyPool;
  const relayed = { ...keys, pool, origins: ["relay"] as const };
  const terms = { ...TERMS, accepts: ["qkd", "relay", "pqc"] } as const;
  expect(await takeKeys(relayed, terms, WANTED)).toMatchObject({ keys: [] });
  expect([asked, served]).toEqual([["relay"], [512]]);
  expect(await takeKeys(relayed, terms, { ...WANTED, origin: "qkd" })).toMatchObject({
    reason: "notAccepted",
  });
  expect(await takeKeys(relayed, TERMS, WANTED)).toMatchObject({ keys: null, reason: "exhausted" });
  await takeKeys({ ...keys, pool }, { ...TERMS, accepts: ["qkd", "relay"] }, WANTED);
  expect(asked).toEqual(["relay", "qkd"]);
});

describe("a request that finds too little relayed key", () => {
  const RELAYED = { ...TERMS, accepts: ["relay"] } as const;
  const emptyThen = (second: () => Promise<unknown>) => {
    let calls = 0;
    return source(async () => {
      calls += 1;
      if (calls === 1) throw new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", "no");
      return second();
    });
  };

  it("has it made, once, and takes it", async () => {
    const made: number[] = [];
    const { keys } = emptyThen(async () => []);
    const moreRelayed = async (bits: number) => void made.push(bits);
    const relayed = { ...keys, origins: ["relay"] as const, moreRelayed };
    expect(await takeKeys(relayed, RELAYED, WANTED)).toEqual({ keys: [] });
    expect(made).toEqual([512]);
  });

  it("is refused where none comes", async () => {
    const none = () => Promise.reject(new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", "no"));
    const relayed = { ...emptyThen(none).keys, origins: ["relay"] as const, moreRelayed: none };
    expect(await takeKeys(relayed, RELAYED, WANTED)).toMatchObject({ keys: null, reason: "exhausted" });
  });

  it("fails as the store does, and has nothing made", async () => {
    const { keys } = source(() => Promise.reject(new KeyStoreError("QKD_KEYSTORE_FULL", "no")));
    const asked: number[] = [];
    const moreRelayed = async (bits: number) => void asked.push(bits);
    const relayed = { ...keys, origins: ["relay"] as const, moreRelayed };
    await expect(takeKeys(relayed, RELAYED, WANTED)).rejects.toMatchObject({ code: "QKD_KEYSTORE_FULL" });
    expect(asked).toEqual([]);
  });
});
