import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeyStoreError } from "../../../errors/index.ts";
import { RootFile, rootPath } from "./root-file.ts";

const CONTENT = new Uint8Array(8192).fill(7);

describe("the root file", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
    path = join(folder, "keys.root");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const codeOf = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      if (error instanceof KeyStoreError) return error.code;
      throw error;
    }
    return "done";
  };

  it.each([
    ["/srv/keys.db", "/srv/keys.root"],
    ["/srv/keys", "/srv/keys.root"],
    ["/srv/a.b/keys", "/srv/a.b/keys.root"],
    ["/srv/keys.root", "/srv/keys.root.root"],
  ])("of %s is %s", (database, root) => {
    expect(rootPath(database)).toBe(root);
  });

  it("is made for its owner alone, whole, and is written in its place ever after", () => {
    const file = RootFile.create(path, CONTENT);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { ino } = statSync(path);
    file.writeSlot(1, new Uint8Array(4096).fill(9));
    expect(file.read()).toEqual(
      new Uint8Array(Buffer.concat([CONTENT.subarray(4096), Buffer.alloc(4096, 9)])),
    );
    file.writeSlot(0, new Uint8Array(4096).fill(8));
    expect([...new Set(file.read())]).toEqual([8, 9]);
    expect([statSync(path).ino, statSync(path).size]).toEqual([ino, 8192]);
    file.close();
    expect(RootFile.open(join(folder, "other"))).toBeNull();
  });

  it("is not made half", () => {
    const full = () => {
      throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    };
    expect(codeOf(() => RootFile.create(path, CONTENT, full))).toBe("QKD_KEYSTORE_FULL");
    expect(existsSync(path)).toBe(false);
    expect(codeOf(() => RootFile.create(join(folder, "missing", "x"), CONTENT))).toBe(
      "QKD_KEYSTORE_UNREADABLE",
    );
    // What an earlier attempt left, or somebody put there to read along, is not used.
    const victim = join(folder, "victim");
    writeFileSync(victim, "text");
    rmSync(`${path}.new`);
    symlinkSync(victim, `${path}.new`);
    RootFile.create(path, CONTENT).close();
    expect(readFileSync(victim, "utf8")).toBe("text");
  });

  it("is written to its end when the system writes a part at a time", () => {
    const short = (file: number, bytes: Uint8Array, from: number, length: number, at: number) =>
      writeSync(file, bytes, from, Math.min(length, 777), at);
    const file = RootFile.create(path, CONTENT, short);
    expect(file.read()).toEqual(CONTENT);
    file.writeSlot(1, new Uint8Array(4096).fill(3));
    expect([...new Set(file.read().subarray(4096))]).toEqual([3]);
    file.close();
  });

  it.each([0o640, 0o604, 0o620, 0o601])("is refused when others may use it (mode %o)", (mode) => {
    RootFile.create(path, CONTENT).close();
    chmodSync(path, mode);
    expect(codeOf(() => RootFile.open(path))).toBe("QKD_KEYSTORE_UNREADABLE");
  });

  it("is refused when it is a pipe", () => {
    expect(spawnSync("mkfifo", ["-m", "600", path]).status).toBe(0);
    expect(codeOf(() => RootFile.open(path))).toBe("QKD_KEYSTORE_UNREADABLE");
  });

  it("cannot be written any more once it was removed", () => {
    const file = RootFile.create(path, CONTENT);
    rmSync(path);
    expect(codeOf(() => file.writeSlot(0, new Uint8Array(4096)))).toBe("QKD_KEYSTORE_UNREADABLE");
    file.close();
  });

  it.each([
    ["ENOSPC", "QKD_KEYSTORE_FULL", true],
    ["EDQUOT", "QKD_KEYSTORE_FULL", true],
    ["EIO", "QKD_KEYSTORE_UNREADABLE", false],
  ])("says what stopped a write: %s", (errno, code, retryable) => {
    const file = RootFile.create(path, CONTENT);
    file.close();
    const failing = RootFile.open(path, () => {
      throw Object.assign(new Error(errno), { code: errno });
    });
    expect(() => failing?.writeSlot(0, new Uint8Array(4096))).toThrow(
      expect.objectContaining({ code, retryable, context: { path, errno } }),
    );
    failing?.close();
  });
});
