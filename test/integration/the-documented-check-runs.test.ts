import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const PAGE = readFileSync(new URL("../../docs/COMMANDS.md", import.meta.url), "utf8");
const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "qkdlink-page-"));
afterAll(() => rmSync(folder, { recursive: true }));

const block = (language: string) => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(PAGE)?.[1] ?? "";
/** Each secret has a public id of its own. */
const anyId = (text: string) => text.replace(/(?: [0-9a-f]{4}){5}/g, " ID");
const run = (...args: string[]) => {
  const { status, stdout } = spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout };
};

describe("the page of commands", () => {
  it("shows what a check of its file prints", () => {
    expect(run("init", "--out", "dev").status).toBe(0);
    writeFileSync(join(folder, "dev/alice/site.yaml"), block("yaml"), { mode: 0o600 });
    const checked = run("check", "--config", "dev/alice/site.yaml", "--no-network");
    expect({ ...checked, stdout: anyId(checked.stdout) }).toEqual({
      status: 1,
      stdout: anyId(block("text")),
    });
  }, 60_000);
});
