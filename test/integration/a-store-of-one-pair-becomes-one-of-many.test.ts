import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type KeyPoolOptions, openKeyPool } from "../../controller/index.ts";
import { openNodeStore } from "../../controller/pool/sqlite/open-node-store.ts";
import { SecretBytes } from "../../protocol/index.ts";

/** A closed store of one pair as the version that knew one pair alone wrote it, with its key file, and what it said of itself. */
const FORMER = JSON.parse(
  gunzipSync(readFileSync(new URL("./single-pair-store.json.gz", import.meta.url))).toString(),
) as {
  readonly secret: string;
  readonly files: Readonly<Record<string, string>>;
  readonly says: {
    readonly taken: readonly { readonly keyId: string }[];
    readonly status: object;
    readonly pending: readonly string[];
    readonly remaining: object;
    readonly attempts: number;
    readonly notices: readonly object[];
    readonly entries: number;
    readonly highest: number;
  };
};

let folder: string;
const place = (name: string) => join(folder, name);
const secret = () => new SecretBytes(new Uint8Array(Buffer.from(FORMER.secret, "base64")));
const otherSecret = () => new SecretBytes(new Uint8Array(32 + 2 * 512).fill(9));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-former-"));
  for (const [name, text] of Object.entries(FORMER.files))
    writeFileSync(place(name), Buffer.from(text, "base64"), { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const single = (change: Partial<KeyPoolOptions> = {}) =>
  openKeyPool({
    path: place("keys.db"),
    keyFile: place("keys.kek"),
    site: "alice",
    linkId: "old-link",
    linkSecret: secret(),
    ...change,
  });
const node = () => openNodeStore({ path: place("keys.db"), keyFile: place("keys.kek") });
const oldPair = () => ({ linkId: "old-link", site: "alice", linkSecret: secret() }) as const;
const newPair = () => ({ linkId: "new-link", site: "bob", linkSecret: otherSecret() }) as const;

describe("a store that the version before wrote", () => {
  it("opens as it was closed: nothing burnt, nothing lost, nothing given again", async () => {
    const { says } = FORMER;
    const store = await single();
    const { pool, auth, ledger, audit } = store;
    expect(await audit.opening()).toMatchObject({
      kind: "clean",
      burntBits: 0,
      lostBits: 0,
      burntPadBytes: 0,
    });
    expect(await pool.status("qkd")).toEqual(says.status);
    expect((await pool.pending()).map(({ blockId }) => blockId)).toEqual(says.pending);
    expect(await auth.remaining()).toEqual(says.remaining);
    // The pad that was given and of which nobody told the end counts as an attempt at the next opening.
    expect((await ledger.totals()).attempts).toBe(says.attempts + 1);
    expect(await pool.notices(10)).toEqual(says.notices);
    expect(await pool.highestSequence("qkd")).toBe(says.highest);
    expect(await audit.verify()).toMatchObject({ brokenAt: null });
    const [key] = await pool.takeMany({
      bits: 256,
      count: 1,
      audience: { master: "a", slave: "b" },
      origin: "qkd",
    });
    expect(says.taken.map(({ keyId }) => keyId)).not.toContain(key?.keyId);
    expect((await auth.reserve(32)).offset).toBe(32);
    await pool.close();
    const again = await single();
    expect(await again.audit.opening()).toMatchObject({ kind: "clean" });
    await again.pool.close();
  });

  it("gives no number of a row again that is gone", async () => {
    const numbers = (work: string) => {
      const db = new DatabaseSync(place("keys.db"));
      try {
        db.exec(work);
        return db
          .prepare("SELECT name, seq FROM sqlite_sequence WHERE name IN ('notice', 'loss') ORDER BY name")
          .all();
      } finally {
        db.close();
      }
    };
    numbers(
      `UPDATE sqlite_sequence SET seq = 41 WHERE name = 'notice'; INSERT INTO sqlite_sequence VALUES ('loss', 7)`,
    );
    const { pool } = await single();
    await pool.lose("f".repeat(32), "lost");
    expect((await pool.notices(10)).map(({ number }) => number)).toEqual([1, 42]);
    await pool.close();
    expect(numbers("SELECT 1").map(({ name, seq }) => [name, seq])).toEqual([
      ["loss", 7],
      ["notice", 42],
    ]);
  });

  it("takes further pairs in, its own under the anchor that it had", async () => {
    const store = node();
    const [other, own] = [await store.pair(newPair()), await store.pair(oldPair())];
    expect(await own.audit.opening()).toMatchObject({ kind: "clean", burntBits: 0 });
    expect(await own.pool.status("qkd")).toEqual(FORMER.says.status);
    expect(await other.audit.opening()).toMatchObject({ kind: "fresh" });
    expect(await other.pool.status("qkd")).toMatchObject({ availableBits: 0, blocks: 0 });
    expect(existsSync(place("keys.db.anchor"))).toBe(false);
    expect(existsSync(place("keys.db.old-link.anchor"))).toBe(true);
    await store.close();
    const third = new SecretBytes(new Uint8Array(32 + 2 * 512).fill(3));
    await expect(single({ linkId: "third-link", linkSecret: third })).rejects.toMatchObject({
      code: "QKD_KEYSTORE_CONFLICT",
      message: expect.stringMatching(/^the key store \S+keys\.db belongs to another site or link$/),
    });
  });

  it("is refused at the other end of its link, and under another key file", async () => {
    await expect(single({ site: "bob" })).rejects.toMatchObject({ code: "QKD_KEYSTORE_CONFLICT" });
    writeFileSync(place("keys.kek"), new Uint8Array(32).fill(1), { mode: 0o600 });
    await expect(single()).rejects.toMatchObject({ code: "QKD_KEYSTORE_UNREADABLE" });
  });
});
