import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeFolder } from "./make-folder.ts";

it("makes a folder with those above it, once, and never under a file", () => {
  const root = mkdtempSync(join(tmpdir(), "qkdlink-make-"));
  try {
    const deep = join(root, "a", "b", "c");
    makeFolder(deep);
    makeFolder(deep);
    expect(statSync(deep).mode & 0o777).toBe(0o700);
    writeFileSync(join(root, "file"), "");
    expect(() => makeFolder(join(root, "file", "x"))).toThrow(/ENOTDIR/);
  } finally {
    rmSync(root, { recursive: true });
  }
});

it.skipIf(!existsSync("/proc/self"))("comes back where the system makes no folder", () => {
  expect(() => makeFolder("/proc/qkdlink/x")).toThrow(/ENOENT/);
});
