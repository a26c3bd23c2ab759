import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { createKernels } from "../../../kernels/index.ts";
import { createKeyFile, KEY_FILE_BYTES, readSecretFile } from "../../pool/secret-file.ts";
import { openNodeStore } from "../../pool/sqlite/open-node-store.ts";
import { LocalKeys } from "./local-keys.ts";

const { hash } = await createKernels();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function folderWithKey(): string {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-local-"));
  ends.push(() => rmSync(folder, { recursive: true }));
  createKeyFile(join(folder, "kek"));
  return folder;
}

function open(folder: string) {
  const keyFile = join(folder, "kek");
  const store = openNodeStore({ path: join(folder, "keys.db"), keyFile, redeliveryMs: 0 });
  const failures: unknown[] = [];
  const local = new LocalKeys({
    node: "a",
    store,
    hash,
    keyOfStore: () => readSecretFile(keyFile, KEY_FILE_BYTES),
    failed: (error) => failures.push(error),
  });
  const close = async () => {
    await local.close();
    await store.close();
  };
  ends.push(close);
  return { local, failures, close };
}

const audience = { master: "one", slave: "other" };
const wish = { bits: 256, count: 2, audience, origin: "pqc" as const };
const bytes = ({ key }: { key: { reveal(): Uint8Array } }) => Buffer.from(key.reveal()).toString("hex");

it("are equal for both applications, once, for nobody else, and outlive the program", {
  timeout: 60_000,
}, async () => {
  const folder = folderWithKey();
  const first = open(folder);
  const { pool, morePqc } = first.local.keys;
  await morePqc?.(512);
  const taken = await pool.takeMany(wish);
  const ids = taken.map(({ keyId }) => keyId);
  const strangers = { master: "one", slave: "third" };
  await expect(pool.takeByIds(ids, strangers)).rejects.toMatchObject({ code: "QKD_KEYSTORE_FORBIDDEN" });
  const [same] = await pool.takeByIds([ids[0]!], audience);
  expect(bytes(same!)).toBe(bytes(taken[0]!));
  await expect(pool.takeByIds([ids[0]!], audience)).rejects.toMatchObject({
    code: "QKD_KEYSTORE_UNKNOWN_KEY",
  });
  expect(bytes(taken[0]!)).not.toBe(bytes(taken[1]!));
  expect(first.failures).toEqual([]);
  await first.close();
  const again = open(folder);
  const [kept] = await again.local.keys.pool.takeByIds([ids[1]!], audience);
  expect(bytes(kept!)).toBe(bytes(taken[1]!));
  await again.local.keys.morePqc?.(2 ** 18);
  expect(await again.local.keys.pool.takeMany({ ...wish, count: 1024 })).toHaveLength(1024);
});

it("are opened when the first one is wanted", async () => {
  const { local } = open(folderWithKey());
  await local.tick(undefined);
  await local.close();
});
