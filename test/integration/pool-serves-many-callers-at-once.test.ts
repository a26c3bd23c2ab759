import { spawnSync } from "node:child_process";
import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createKeyFile,
  openKeyPool,
  PRE_PLACED_SECRET_BYTES,
  readSecretFile,
} from "../../controller/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { twoPools } from "./delivery-sites.ts";

const audience = { master: "a", slave: "b" };
const wish = (count = 1) => ({ bits: 256, count, audience, origin: "qkd" as const });

describe("a key pool in its worker thread", () => {
  let pools: Awaited<ReturnType<typeof twoPools>>;

  beforeAll(async () => {
    pools = await twoPools({ redeliveryMs: 0 });
  });

  afterAll(() => pools.close());

  it("gives callers at both sites different keys, each fetched once at the other, whatever fails between", async () => {
    const { alice, bob } = pools;
    await pools.fill(64_000);
    const sides = [
      [alice.pool, bob.pool],
      [bob.pool, alice.pool],
    ] as const;
    const results = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const [master, slave] = sides[index % 2 === 0 ? 0 : 1];
        const [good, bad] = await Promise.allSettled([
          master.takeMany(wish(3)),
          index % 5 === 0 ? master.takeMany(wish(4096)) : master.takeByIds(["nonsense"], audience),
        ]);
        expect(bad).toMatchObject({
          status: "rejected",
          reason: { code: index % 5 === 0 ? "QKD_KEYSTORE_EXHAUSTED" : "QKD_KEYSTORE_UNKNOWN_KEY" },
        });
        if (good.status === "rejected") throw good.reason;
        const ids = good.value.map(({ keyId }) => keyId);
        const fetched = await Promise.allSettled([
          slave.takeByIds(ids, audience),
          slave.takeByIds(ids, audience),
        ]);
        expect(fetched.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
        const once = fetched.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
        expect(once.map(({ key }) => [...key.reveal()])).toEqual(
          good.value.map(({ key }) => [...key.reveal()]),
        );
        return good.value.map(({ key }) => Buffer.from(key.reveal()).toString("hex"));
      }),
    );
    expect(new Set(results.flat()).size).toBe(600);
  });

  it("shows no key in objects, errors, audit log", async () => {
    const { alice } = pools;
    const material = await pools.fill(4096);
    const keys = await alice.pool.takeMany(wish(2));
    const refused = await alice.pool
      .takeByIds([keys[0]?.keyId ?? ""], audience)
      .catch((error: unknown) => error);
    const shown = inspect([alice, keys, refused, await alice.audit.tail(50)], { depth: 9, showHidden: true });
    expect(shown).toContain("[32 secret bytes]");
    const hex = Buffer.from(material).toString("hex");
    for (const { key } of keys) {
      const part = Buffer.from(key.reveal()).toString("hex");
      expect(shown).not.toContain(part.slice(0, 16));
      expect(shown).not.toContain(Buffer.from(key.reveal()).toString("base64").slice(0, 12));
    }
    expect(shown).not.toContain(hex.slice(0, 16));
    expect(JSON.stringify(keys)).toContain("[32 secret bytes]");
  });

  it("is locked against another process and against a second opening, and free after close", async () => {
    await expect(pools.open("alice")).rejects.toMatchObject({ code: "QKD_KEYSTORE_LOCKED", retryable: true });
    const script = `const { DatabaseSync } = require("node:sqlite");
      try { new DatabaseSync(process.argv[1]).exec("SELECT count(*) FROM block"); console.log("open"); }
      catch (error) { console.log(error.errcode & 255); }`;
    const other = spawnSync(process.execPath, ["-e", script, join(pools.folder, "alice.db")], {
      encoding: "utf8",
    });
    expect(other.stdout.trim()).toBe("5");
    await pools.alice.pool.close();
    await pools.alice.pool.close();
    await expect(pools.alice.pool.status("qkd")).rejects.toMatchObject({ name: "KeyStoreError" });
    const again = await pools.open("alice");
    expect((await again.pool.status("qkd")).blocks).toBe(2);
    await again.pool.close();
  });

  it("refuses key files that others may read, that are missing, short, or of another store", async () => {
    const file = join(pools.folder, "new.key");
    createKeyFile(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(() => createKeyFile(file)).toThrow(expect.objectContaining({ code: "QKD_KEYSTORE_CONFLICT" }));
    const open = (
      keyFile: string,
      secret = readSecretFile(join(pools.folder, "secret"), PRE_PLACED_SECRET_BYTES),
    ) =>
      openKeyPool({
        path: join(pools.folder, "alice.db"),
        keyFile,
        site: "alice",
        linkId: "test-link",
        linkSecret: secret,
      });
    const unreadable = { code: "QKD_KEYSTORE_UNREADABLE" };
    await expect(open(file)).rejects.toMatchObject({
      ...unreadable,
      message: `the key file ${file} does not belong to the key store ${join(pools.folder, "alice.db")}`,
    });
    chmodSync(file, 0o640);
    await expect(open(file)).rejects.toMatchObject({ ...unreadable, remedy: `run chmod 600 ${file}` });
    const missing = join(pools.folder, "none");
    await expect(open(missing)).rejects.toMatchObject({
      ...unreadable,
      message: `the file ${missing} cannot be opened: there is no such file or folder (ENOENT)`,
    });
    await expect(open(join(pools.folder, "secret"))).rejects.toMatchObject(unreadable);
    await expect(open(pools.folder)).rejects.toMatchObject(unreadable);
    await expect(open(file, new SecretBytes(new Uint8Array(40)))).rejects.toMatchObject({
      code: "QKD_CONFIG_INVALID",
    });
  });
});
