import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import {
  createKeyFile,
  openKeyPool,
  PRE_PLACED_SECRET_BYTES,
  readSecretFile,
} from "../../controller/index.ts";

const CHILD = fileURLToPath(new URL("./pool-crash-child.ts", import.meta.url));
/** Runs the child until it has said enough, kills it in mid-work, returns every complete line it said. */
async function workAndKill(folder: string, round: number): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, folder, String(round * 1000)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const reading = createInterface({ input: child.stdout });
  reading.on("line", (line) => {
    lines.push(line);
    // A different moment in each round.
    if (lines.length === 40 + 37 * round) setTimeout(() => child.kill("SIGKILL"), round * 3);
  });
  await Promise.all([once(child, "exit"), once(reading, "close")]);
  return lines;
}

/** A store whose process is killed so often loses nothing acknowledged and gives nothing twice. */
export function survivesKills(kills: number): void {
  it("loses nothing acknowledged and gives nothing twice when its process is killed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
    createKeyFile(join(folder, "alice.key"));
    createKeyFile(join(folder, "secret"), PRE_PLACED_SECRET_BYTES);
    const said: string[] = [];
    for (let round = 1; round <= kills; round += 1) said.push(...(await workAndKill(folder, round)));

    const words = (first: string) =>
      said.filter((line) => line.startsWith(`${first} `)).map((line) => line.split(" "));
    const keys = words("key").filter((line) => line[2]?.length === 64);
    expect(keys.length).toBeGreaterThan(kills * 10);
    expect(new Set(keys.map(([, keyId]) => keyId)).size).toBe(keys.length);
    expect(new Set(keys.map(([, , hex]) => hex)).size).toBe(keys.length);
    const pads = words("pad").map(([, offset]) => Number(offset));
    expect(pads).toEqual([...new Set(pads)].sort((a, b) => a - b));

    const { pool, audit } = await openKeyPool({
      path: join(folder, "alice.db"),
      keyFile: join(folder, "alice.key"),
      site: "alice",
      linkId: "test-link",
      linkSecret: readSecretFile(join(folder, "secret"), PRE_PLACED_SECRET_BYTES),
    });
    const pending = new Set((await pool.pending()).map(({ blockId }) => blockId));
    for (const [, blockId = ""] of words("available")) {
      expect(["available", "spent"]).toContain(await pool.blockState(blockId));
    }
    for (const [, blockId = ""] of words("added")) {
      expect(pending.has(blockId) ? "pending" : await pool.blockState(blockId)).not.toBe("absent");
    }
    expect((await audit.verify()).brokenAt).toBeNull();
    await pool.close();
    rmSync(folder, { recursive: true });
  }, 60_000);
}
