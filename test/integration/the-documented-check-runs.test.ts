import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

  it("shows a trial of two sites whose files are right", () => {
    const trial = PAGE.slice(PAGE.indexOf("## A trial of"));
    const [, site = ""] = /```yaml\n([\s\S]*?)```/.exec(trial) ?? [];
    const [, exchange = ""] = /```sh\n(sed [\s\S]*?)```/.exec(trial) ?? [];
    if (!existsSync(join(folder, "dev"))) expect(run("init", "--out", "dev").status).toBe(0);
    writeFileSync(join(folder, "dev/alice/site.yaml"), site);
    expect(spawnSync("sh", ["-c", exchange], { cwd: folder, encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
    const bob = readFileSync(join(folder, "dev/bob/site.yaml"), "utf8");
    expect(bob).toContain("connect: tls://127.0.0.1:5600");
    expect(bob).toContain("peerKmeId: kme-alice");
    for (const name of ["alice", "bob"])
      expect(run("check", "--config", `dev/${name}/site.yaml`, "--no-network")).toMatchObject({
        status: 0,
        stdout: expect.stringContaining("nothing is wrong"),
      });
  }, 60_000);
});
