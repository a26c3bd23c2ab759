import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  unwatchFile,
  watchFile,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { SiteReload } from "./site-reload.ts";

const folder = mkdtempSync(join(tmpdir(), "qkdlink-reload-"));
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function reloading(files: () => readonly string[], reload: () => Promise<void>) {
  const failures: unknown[] = [];
  const watching = new SiteReload({ files, reload, failed: (error) => failures.push(error) }, 20);
  ends.push(() => watching.close());
  return { watching, failures };
}

describe("a reload", () => {
  it("follows SIGHUP, one at a time, and once more for all that came meanwhile", async () => {
    const gates: (() => void)[] = [];
    reloading(
      () => [],
      () => new Promise((resolve) => gates.push(resolve)),
    );
    for (let signal = 0; signal < 3; signal++) process.emit("SIGHUP");
    expect(gates.length).toBe(1);
    gates[0]?.();
    await expect.poll(() => gates.length).toBe(2);
    gates[1]?.();
    process.emit("SIGHUP");
    await expect.poll(() => gates.length).toBe(3);
    gates[2]?.();
  });

  it("follows a change of a file, one that replaces it, and one of a file named later", async () => {
    const [first, second] = [join(folder, "first"), join(folder, "second")];
    for (const file of [first, second]) writeFileSync(file, "1");
    let files = [first];
    let reloads = 0;
    reloading(
      () => files,
      async () => {
        reloads += 1;
      },
    );
    // The first look at a file is asynchronous: it is changed until a change has been seen.
    const seen = async (change: (text: string) => void): Promise<void> => {
      const before = reloads;
      let text = "";
      await expect
        .poll(() => {
          text += "x";
          if (reloads === before) change(text);
          return reloads;
        })
        .toBeGreaterThan(before);
    };
    await seen((text) => writeFileSync(first, text));
    files = [first, second];
    await seen((text) => {
      writeFileSync(join(folder, "new"), `${text} new`);
      renameSync(join(folder, "new"), first);
    });
    await seen((text) => writeFileSync(second, text));
    rmSync(folder, { recursive: true });
  });

  it("at SIGHUP takes the change of a file with it, which asks for no second one", async () => {
    const place = mkdtempSync(join(tmpdir(), "qkdlink-reload-"));
    const file = join(place, "site.json");
    writeFileSync(file, "");
    const reads: string[] = [];
    reloading(
      () => [file],
      async () => void reads.push(readFileSync(file, "utf8")),
    );
    // Until the first look at the file is over, a change may not be seen.
    await expect
      .poll(() => {
        appendFileSync(file, "x");
        return reads.length;
      })
      .toBeGreaterThan(0);
    await expect.poll(() => reads.at(-1)).toBe(readFileSync(file, "utf8"));
    reads.length = 0;
    // All who watch a file are told by the same look at it, one after the other.
    const looked = new Promise<void>((resolve) => watchFile(file, { interval: 20 }, () => resolve()));
    ends.push(() => unwatchFile(file));
    writeFileSync(file, "changed");
    process.emit("SIGHUP");
    await looked;
    expect(reads).toEqual(["changed"]);
    rmSync(place, { recursive: true });
  });

  it("that fails is told, and the next one is tried", async () => {
    let reloads = 0;
    const { failures } = reloading(
      () => [],
      async () => {
        reloads += 1;
        if (reloads === 1) throw new Error("no such file");
      },
    );
    process.emit("SIGHUP");
    await expect.poll(() => failures).toEqual([new Error("no such file")]);
    process.emit("SIGHUP");
    await expect.poll(() => reloads).toBe(2);
  });

  it("is over when it is closed", () => {
    const before = process.listenerCount("SIGHUP");
    const { watching } = reloading(
      () => [],
      async () => {},
    );
    expect(process.listenerCount("SIGHUP")).toBe(before + 1);
    watching.close();
    expect(process.listenerCount("SIGHUP")).toBe(before);
  });
});
