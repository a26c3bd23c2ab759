import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";
import { AskedToStop } from "../chain/asked-to-stop.ts";

/** A small file system of its own; undefined where this user may mount none. */
const disk = mkdtempSync(join(tmpdir(), "qkdlink-record-disk-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]).status === 0;

describe.skipIf(!mounted)("record on a disk that is full", () => {
  let link: EmulatedLink;
  beforeAll(async () => {
    const listen = { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0", "modbus+tcp://127.0.0.1:0"] };
    link = await startEmulatedLink({ clockHz: 1e7, lossDb: 5, listen });
  });
  afterAll(async () => {
    await link.stop();
    spawnSync("umount", [disk]);
    rmdirSync(disk);
  });

  it("ends with one sentence and exit code 1, and what was written is read", async () => {
    const { tcp = "", modbusTcp = "" } = link.addresses.bob;
    const file = join(disk, "run.pcapng");
    // Of a quiet unit some kilobytes come a second: little room is left from the beginning.
    writeFileSync(join(disk, "filler"), new Uint8Array(200 * 1024));
    const command = new AskedToStop(["record", tcp, modbusTcp, "--out", file]);
    try {
      await command.until("recording to");
      const ended = new Promise((resolve) => command.child.once("exit", resolve));
      expect(await ended).toBe(1);
    } finally {
      command.kill();
    }
    expect(command.errors).toMatch(/^QKD_[A-Z_]+: [^\n]+\n$/);
    const decoded = new AskedToStop(["decode", file]);
    const over = new Promise((resolve) => decoded.child.once("exit", resolve));
    await over;
    expect(decoded.output.length).toBeGreaterThan(100);
    expect(decoded.errors).not.toMatch(/\n\s+at /);
  }, 120_000);

  it("says so at once where there is no room at all, and leaves no file", async () => {
    for (const name of readdirSync(disk)) spawnSync("rm", [join(disk, name)]);
    spawnSync("dd", ["if=/dev/zero", `of=${join(disk, "filler")}`, "bs=4k"]);
    const file = join(disk, "run.pcapng");
    const command = new AskedToStop(["record", link.addresses.bob.tcp ?? "", "--out", file]);
    const { code, inTime, errors } = await command.ending();
    expect({ code, inTime }).toEqual({ code: 1, inTime: true });
    expect(errors).toMatch(/^QKD_[A-Z_]+: [^\n]+\n$/);
    expect(readdirSync(disk)).toEqual(["filler"]);
  }, 30_000);
});
