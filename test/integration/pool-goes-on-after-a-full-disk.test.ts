import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createKeyFile,
  openKeyPool,
  PRE_PLACED_SECRET_BYTES,
  readSecretFile,
} from "../../controller/index.ts";
import { SecretBytes } from "../../protocol/index.ts";

const audience = { master: "a", slave: "b" };
const epsilon = { secrecy: 0, correctness: 0, authentication: 0 };

/** A small file system of its own, where this user may mount one; else a plain folder, and the pool limits itself. */
function smallDisk(): { readonly folder: string; readonly mounted: boolean } {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-disk-"));
  const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=12m", "tmpfs", folder]);
  return { folder, mounted: mount.status === 0 };
}

describe("a key pool on a disk that is full", () => {
  let disk: ReturnType<typeof smallDisk>;

  beforeAll(() => {
    disk = smallDisk();
  });

  afterAll(() => {
    if (disk.mounted) spawnSync("umount", [disk.folder]);
    rmSync(disk.folder, { recursive: true, force: true });
  });

  it("says so, loses nothing, hands out nothing half, and goes on once there is room", async () => {
    const { folder, mounted } = disk;
    createKeyFile(join(folder, "alice.key"));
    createKeyFile(join(folder, "secret"), PRE_PLACED_SECRET_BYTES);
    const open = () =>
      openKeyPool({
        path: join(folder, "alice.db"),
        keyFile: join(folder, "alice.key"),
        linkSecret: readSecretFile(join(folder, "secret"), PRE_PLACED_SECRET_BYTES),
        site: "alice",
        linkId: "link",
        ...(mounted ? {} : { maxBytes: 8 * 2 ** 20 }),
      });
    let { pool, audit } = await open();
    const ids: string[] = [];
    const add = async (bytes: number): Promise<string> => {
      const blockId = randomBytes(16).toString("hex");
      const key = new SecretBytes(new Uint8Array(randomBytes(bytes)));
      const sequence = (await pool.highestSequence("qkd")) + 1;
      const tail = new SecretBytes(new Uint8Array(64));
      await pool.addPending({ blockId, sequence, origin: "qkd", key, tail, epsilon, createdAtMs: 1 });
      await pool.makeAvailable(blockId, { boundaryBytes: Math.floor(bytes / 64) * 32, tag: "ab".repeat(16) });
      return blockId;
    };
    const failure = await (async () => {
      for (;;) ids.push(await add(700_000));
    })().catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "KeyStoreError", code: "QKD_KEYSTORE_FULL", retryable: true });
    expect(ids.length).toBeGreaterThan(1);

    if (mounted) {
      // Not a byte is left: what cannot be written fails, whole.
      const ballast = join(folder, "ballast");
      expect(() => writeFileSync(ballast, new Uint8Array(16 * 2 ** 20))).toThrow();
      const before = await pool.status("qkd");
      let taken = 0;
      const refused = await (async () => {
        for (; ; taken += 1) await pool.takeMany({ bits: 256, count: 1, audience, origin: "qkd" });
      })().catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: "QKD_KEYSTORE_FULL" });
      expect((await pool.status("qkd")).availableBits).toBe(before.availableBits - taken * 256);
      rmSync(ballast);
    }

    for (const id of ids) expect(await pool.blockState(id)).toBe("available");
    expect(await pool.pending()).toEqual([]);
    const [key] = await pool.takeMany({ bits: 256, count: 1, audience, origin: "qkd" });
    expect(key?.key.length).toBe(32);
    await pool.discard(ids[0] ?? "");
    await pool.close();
    ({ pool, audit } = await open());
    expect((await pool.status("qkd")).blocks).toBe(ids.length - 1);
    // The room of the discarded block comes back by and by.
    let added: unknown = null;
    for (let attempt = 0; attempt < 100 && typeof added !== "string"; attempt += 1) {
      added = await add(300_000).catch((error: unknown) => error);
      if (typeof added !== "string") await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(added).toEqual(expect.any(String));
    expect((await audit.verify()).brokenAt).toBeNull();
    await pool.close();
  });
});
