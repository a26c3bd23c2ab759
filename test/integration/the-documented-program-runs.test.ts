import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
// Inside the package, so that `qkdlink/...` means this package.
mkdirSync(join(ROOT, ".qkdlink"), { recursive: true });
const folder = mkdtempSync(join(ROOT, ".qkdlink", "library-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("docs/LIBRARY.md", () => {
  it("shows a program that runs as it stands", () => {
    const page = readFileSync(join(ROOT, "docs/LIBRARY.md"), "utf8");
    const program = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    writeFileSync(join(folder, "program.ts"), program);
    const run = (...args: string[]) =>
      execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", timeout: 60_000 });
    run(join(ROOT, "dist/cli/main.js"), "init", "--out", "site");
    expect(run("program.ts").trim().split("\n").at(-1)).toMatch(
      /^[0-9a-f-]{36} qkd \[32 secret bytes\] equal: true$/,
    );
  }, 90_000);

  it("uses the five lines of the README", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    const page = readFileSync(join(ROOT, "docs/LIBRARY.md"), "utf8");
    for (const name of [
      "openTransceiver",
      "createController",
      "telemetry",
      "events$",
      "pool.take({ bits: 256, for:",
    ])
      expect([readme.includes(name), page.includes(name)]).toEqual([true, true]);
  });
});
