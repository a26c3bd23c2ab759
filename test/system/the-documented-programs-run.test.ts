import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, type TestContext } from "vitest";
import { describeWithDocker } from "./engine/describe-with-docker.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = readFileSync(join(ROOT, "docs/EMULATOR-IN-THE-LOOP.md"), "utf8");
const [vitestProgram = "", containerProgram = ""] = [...PAGE.matchAll(/```ts\n([\s\S]*?)```/g)].map(
  ([, ts]) => ts,
);

const run = promisify(execFile);

/** Writes a program where `qkdlink/...` means this package. */
function written(test: TestContext, name: string, program: string): string {
  mkdirSync(join(ROOT, ".qkdlink"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, ".qkdlink", "loop-"));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, name), program);
  return folder;
}

describeWithDocker("docs/EMULATOR-IN-THE-LOOP.md", (image) => {
  it("shows a test that passes as it stands", async (test) => {
    const cwd = written(test, "cut.test.ts", vitestProgram);
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const report = join(cwd, "report.json");
    const reporter = ["--reporter=json", `--outputFile=${report}`];
    await run(process.execPath, [vitest, "run", "--root", cwd, ...reporter], { cwd });
    expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({
      success: true,
      numPassedTests: 1,
      numTotalTests: 1,
    });
  });

  it("shows a program with a container that runs as it stands", async (test) => {
    const program = containerProgram.replace(
      "QkdLinkContainer()",
      `QkdLinkContainer(${JSON.stringify(image)})`,
    );
    const cwd = written(test, "container.ts", program);
    const { stdout } = await run(process.execPath, ["container.ts"], { cwd });
    expect(stdout).toMatch(/\S+ true\n$/);
  });
});
