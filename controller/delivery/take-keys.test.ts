import { expect, it } from "vitest";
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
