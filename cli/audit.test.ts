import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newLinkSecretFile, type OpenKeyPool, openKeyPool } from "../controller/index.ts";
import { SecretBytes } from "../protocol/index.ts";
import { auditCommand } from "./audit.ts";
import { createDemoState, writeSiteConfig } from "./development/demo-state.ts";

const LINK = {
  preset: "yuan2018",
  lossDb: 8,
  clockHz: 1e8,
  blockBits: 1e6,
  detectionsPerFrame: 16384,
  seed: null,
};
const CONTROLLER = fileURLToPath(new URL("../controller/index.ts", import.meta.url));
const PROTOCOL = fileURLToPath(new URL("../protocol/index.ts", import.meta.url));
let folder: string;
let config: string;
let store: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-audit-"));
  const root = await createDemoState(join(folder, "site"));
  config = writeSiteConfig(
    root,
    "alice",
    LINK,
    { address: "tcp://h:1" },
    { listen: "tls://h:2" },
    "https://h:1",
  );
  store = join(root, "alice", "keys.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const keyFile = () => join(store, "..", "store.kek");
const openStore = (linkSecret: SecretBytes): Promise<OpenKeyPool> =>
  openKeyPool({ path: store, keyFile: keyFile(), site: "alice", linkId: "demo-link", linkSecret });
const newSecret = () => new SecretBytes(newLinkSecretFile().reveal().slice(16));

/** A store that has handed a key to an application of a name that a terminal would obey. */
async function usedStore(): Promise<{ readonly secrets: readonly string[] }> {
  const secret = newSecret();
  const { pool, auth } = await openStore(secret);
  const block = new Uint8Array(4096).map((_, index) => index % 251);
  const epsilon = { secrecy: 0, correctness: 0, authentication: 0 };
  const facts = { blockId: "ab".repeat(16), sequence: 0, origin: "qkd", createdAtMs: 1, epsilon } as const;
  await pool.addPending({
    ...facts,
    key: new SecretBytes(block.slice()),
    tail: new SecretBytes(new Uint8Array(64)),
  });
  await pool.makeAvailable(facts.blockId, { boundaryBytes: 2048, tag: "ab".repeat(16) });
  const audience = { master: "sae\u001b[2J\u009b", slave: "b" };
  const [key] = await pool.takeMany({ bits: 256, count: 1, audience, origin: "qkd" });
  const pad = (await auth.reserve(32)).material.reveal().slice();
  const taken = key?.key.reveal().slice() ?? new Uint8Array(0);
  await pool.close();
  return { secrets: [taken, pad, secret.reveal(), readFileSync(keyFile())].flatMap(everyText) };
}

/** Pieces of key, as anybody would print it. */
function everyText(bytes: Uint8Array): string[] {
  const piece = Buffer.from(bytes.subarray(0, 12));
  return [piece.toString("hex"), piece.toString("base64"), piece.toString("latin1"), [...piece].join(",")];
}

async function audit(...args: string[]): Promise<string> {
  let text = "";
  await auditCommand((part) => {
    text += part;
  }).parseAsync(args, { from: "user" });
  return text;
}

const asLines = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("qkdlink audit", () => {
  it("prints what happened and that the chain is whole, without any key, and changes no file", async () => {
    const { secrets } = await usedStore();
    const files = () =>
      readdirSync(join(store, ".."))
        .map((name) => [name, readFileSync(join(store, "..", name), "latin1")])
        .filter(([, text]) => text !== "");
    const before = files();
    for (const text of [await audit("--config", config), await audit("--config", config, "--json")]) {
      expect(text).toMatch(/keysTaken/);
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
    const text = await audit("--config", config);
    expect(text).toMatch(/^1 \d{4}-\d\d-\d\dT[\d:.]+Z storeOpened epoch \d+ site alice linkId demo-link/);
    expect(text).toContain('master "sae\\u001b[2J\\u009b"');
    expect(text).toMatch(/keys\.db: \d+ entries, the chain is whole, and fits the anchor\n$/);
    expect(await audit("--store", store)).toMatch(/the chain is whole; the anchor was not compared\n$/);
    expect(files()).toEqual(before);
  });

  it("prints the newest, or those from a time on", async () => {
    await usedStore();
    const all = asLines(await audit("--store", store, "--json"));
    const verdict = all.at(-1);
    expect(verdict).toEqual({ verified: true, entries: all.length - 1, wrong: [], anchorCompared: false });
    expect(asLines(await audit("--store", store, "--json", "--last", "2"))).toEqual(all.slice(-3));
    expect(asLines(await audit("--store", store, "--json", "--since", "2999-01-01"))).toEqual([verdict]);
    const since = new Date(all[0].atMs).toISOString();
    expect(asLines(await audit("--store", store, "--json", "--since", since))).toEqual(all);
    expect(asLines(await audit("--store", store, "--json", "--since", since, "--last", "1"))).toHaveLength(2);
  });

  it("tells by number what was changed, cut off, or written anew as a whole", async () => {
    await usedStore();
    const kept = readFileSync(store);
    const harmed = async (sql: string, ...args: string[]) => {
      writeFileSync(store, kept);
      const db = new DatabaseSync(store);
      db.exec(`DROP TRIGGER audit_fixed; DROP TRIGGER audit_stays; DROP TRIGGER pair_identity; ${sql}`);
      db.close();
      await expect(audit(...(args.length === 0 ? ["--store", store] : args))).rejects.toMatchObject({
        code: "QKD_KEYSTORE_AUDIT",
        message: expect.stringMatching(/keys\.db was changed: /),
      });
      return audit("--json", ...(args.length === 0 ? ["--store", store] : args)).catch(
        (error) => error.message,
      );
    };
    expect(await harmed("UPDATE audit SET detail = '{not json' WHERE number = 3")).toMatch(
      /entry 3 does not fit/,
    );
    expect(await harmed("DELETE FROM audit WHERE number = 2")).toMatch(/entry 3 does not fit/);
    expect(await harmed("DELETE FROM audit WHERE number > 2", "--config", config)).toMatch(
      /the log ends at entry 2, and the anchor knows entry \d+/,
    );
    const renumbered = "UPDATE audit SET hash = zeroblob(32) WHERE number = (SELECT max(number) FROM audit)";
    expect(await harmed(renumbered, "--config", config)).toMatch(/is not the one that the anchor knows/);
    const renamed = "UPDATE pair SET store_id = 'x'";
    expect(await harmed(renamed, "--config", config)).toMatch(/the anchor was written for another store/);
    writeFileSync(store, kept);
    writeFileSync(`${store}.anchor`, new Uint8Array(8192));
    await expect(audit("--config", config)).rejects.toThrow(/the anchor holds no record of this key file/);
  });

  it("reads what a killed site left in its write-ahead log, and leaves it there", async () => {
    await usedStore();
    const killed = `
      import { readFileSync } from "node:fs";
      import { openKeyPool } from ${JSON.stringify(CONTROLLER)};
      import { SecretBytes } from ${JSON.stringify(PROTOCOL)};
      const linkSecret = new SecretBytes(new Uint8Array(32 + 2048).fill(1));
      await openKeyPool({ path: ${JSON.stringify(store)}, keyFile: ${JSON.stringify(keyFile())}, site: "alice", linkId: "demo-link", linkSecret });
      process.kill(process.pid, "SIGKILL");`;
    const before = asLines(await audit("--store", store, "--json")).at(-1).entries;
    writeFileSync(join(folder, "killed.mjs"), killed);
    expect(spawnSync(process.execPath, [join(folder, "killed.mjs")], { encoding: "utf8" })).toMatchObject({
      stderr: "",
      signal: "SIGKILL",
    });
    const log = readFileSync(`${store}-wal`);
    expect(log.length).toBeGreaterThan(0);
    const after = asLines(await audit("--config", config, "--json")).at(-1);
    expect(after).toMatchObject({ verified: true, anchorCompared: true });
    expect(after.entries).toBeGreaterThan(before);
    expect(readFileSync(`${store}-wal`).equals(log)).toBe(true);
    expect(readdirSync(join(store, ".."))).not.toContain("keys.db-shm");
  });

  it("refuses in one line while a site runs, and where there is no store", async () => {
    const { pool } = await openStore(newSecret());
    try {
      await expect(audit("--config", config)).rejects.toMatchObject({
        code: "QKD_KEYSTORE_LOCKED",
        message: expect.stringMatching(
          /site\.json:\d+:\d+: a running site has locked the key store .*keys\.db$/,
        ),
        remedy: "stop that site, read the audit log, and start it again",
      });
    } finally {
      await pool.close();
    }
    await expect(audit()).rejects.toMatchObject({ code: "QKD_USAGE" });
    renameSync(`${store}.anchor`, `${store}.elsewhere`);
    await expect(audit("--config", config)).rejects.toThrow(/the anchor .*keys\.db\.anchor cannot be read/);
    await expect(audit("--store", join(folder, "none.db"))).rejects.toMatchObject({
      code: "QKD_KEYSTORE_UNREADABLE",
      message: expect.stringMatching(/none\.db is not there/),
    });
    writeFileSync(join(folder, "empty.db"), "");
    await expect(audit("--store", join(folder, "empty.db"))).rejects.toThrow(/none that this version reads/);
    writeFileSync(join(folder, "text.db"), "no database at all, but long enough to be looked at".repeat(40));
    await expect(audit("--store", join(folder, "text.db"))).rejects.toMatchObject({
      code: "QKD_KEYSTORE_UNREADABLE",
      message: expect.stringMatching(/text\.db cannot be read/),
    });
  });
});
