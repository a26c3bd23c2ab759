import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeyStoreError } from "../../../errors/index.ts";
import { SLOT_BYTES } from "./anchor-codec.ts";
import { AnchorFile } from "./anchor-file.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
  path = join(folder, "keys.db.anchor");
});
afterEach(() => rmSync(folder, { recursive: true }));

function refusal(at = path): KeyStoreError | null {
  try {
    AnchorFile.open(at).close();
  } catch (error) {
    if (error instanceof KeyStoreError) return error;
    throw error;
  }
  return null;
}

describe("the file of the anchor", () => {
  it("is its owner's alone, takes all its room at once, and is written in place", () => {
    const file = AnchorFile.open(path);
    const { mode, size, ino } = statSync(path);
    expect([mode & 0o777, size]).toEqual([0o600, 2 * SLOT_BYTES]);
    expect(file.read().every((slot) => slot.every((byte) => byte === 0))).toBe(true);
    file.write(1, new Uint8Array(SLOT_BYTES).fill(2));
    file.write(0, new Uint8Array(SLOT_BYTES).fill(1));
    file.close();
    expect(statSync(path)).toMatchObject({ size: 2 * SLOT_BYTES, ino });
    const again = AnchorFile.open(path);
    expect(again.read().map(([first]) => first)).toEqual([1, 2]);
    again.close();
    expect([...new Set(readFileSync(path))]).toEqual([1, 2]);
  });

  it("is filled up with blank bytes when it was cut", () => {
    AnchorFile.open(path).close();
    writeFileSync(path, new Uint8Array(2 * SLOT_BYTES).fill(9), { mode: 0o600 });
    truncateSync(path, 100);
    const file = AnchorFile.open(path);
    expect(file.read().map((slot) => [slot[99], slot[100], slot.length])).toEqual([
      [9, 0, SLOT_BYTES],
      [0, 0, SLOT_BYTES],
    ]);
    file.close();
    expect(statSync(path).size).toBe(2 * SLOT_BYTES);
  });

  it("is refused when others may touch it, when it is no plain file, and where none can be made", () => {
    AnchorFile.open(path).close();
    chmodSync(path, 0o640);
    expect(refusal()).toMatchObject({ code: "QKD_KEYSTORE_UNREADABLE", remedy: `run chmod 600 ${path}` });
    chmodSync(path, 0o600);
    expect(refusal()).toBeNull();
    const link = join(folder, "link");
    symlinkSync(path, link);
    const place = join(folder, "folder");
    mkdirSync(place);
    const pipe = join(folder, "pipe");
    expect(spawnSync("mkfifo", ["-m", "600", pipe]).status).toBe(0);
    expect(refusal(pipe)).toMatchObject({ code: "QKD_KEYSTORE_UNREADABLE", remedy: "move it away" });
    for (const wrong of [link, place, join(folder, "missing", "anchor"), "/dev/null"])
      expect(refusal(wrong)?.code, wrong).toBe("QKD_KEYSTORE_UNREADABLE");
  });

  it("says when there is no room to make it", (context) => {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=4k", "tmpfs", disk]).status !== 0)
      return context.skip("this user may not mount a small file system");
    try {
      expect(refusal(join(disk, "anchor"))).toMatchObject({ code: "QKD_KEYSTORE_FULL", retryable: true });
    } finally {
      spawnSync("umount", [disk]);
    }
  });
});
