import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const pageOf = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "qkdlink-page-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the page of planning", () => {
  it("shows what the plan of the page of commissioning comes to", () => {
    const [, plan = ""] =
      /## The fibre plan\n\n```yaml\n([\s\S]*?)```/.exec(pageOf("COMMISSIONING.md")) ?? [];
    const [, shown = ""] = /```text\n([\s\S]*?)```/.exec(pageOf("PLANNING.md")) ?? [];
    writeFileSync(join(folder, "plan.yaml"), plan);
    const args = [MAIN, "plan", "--fibre", "plan.yaml", "--svg", "plan.svg"];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    expect(status).toBe(0);
    expect(shown).toMatch(/^Fibre\n/);
    expect(stdout.endsWith(`\n${shown}`)).toBe(true);
    expect(readFileSync(join(folder, "plan.svg"), "utf8")).toBe(pageOf("plan.svg"));
  }, 60_000);
});
