import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, it } from "vitest";

/** Like `describe`; where a program is missing it shows one skipped test with the reason, or fails under REQUIRE_ALL=1. */
export function describeWith(programs: readonly string[], name: string, body: () => void): void {
  const missing = programs.filter((program) => !existsSync(pathOf(program)));
  if (missing.length === 0) describe(name, body);
  else
    describe(name, () => {
      it(`does not run: there is no ${missing.join(", no ")}`, ({ skip }) => {
        if (process.env.REQUIRE_ALL === "1") throw new Error(`this machine has no ${missing.join(", no ")}`);
        skip(`there is no ${missing.join(", no ")}`);
      });
    });
}

/** Where a program or module of the system lies; a name with a slash is its place. */
export function pathOf(program: string): string {
  if (program.includes("/")) return program;
  const path = `${process.env.PATH}:/usr/sbin:/sbin`;
  return spawnSync("sh", ["-c", `command -v ${program}`], {
    encoding: "utf8",
    env: { PATH: path },
  }).stdout.trim();
}
