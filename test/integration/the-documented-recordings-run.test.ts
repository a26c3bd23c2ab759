import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const PAGE = readFileSync(new URL("../../docs/CAPTURE.md", import.meta.url), "utf8");
const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

describe("the page of recordings", () => {
  it("shows what decode prints of its frame", () => {
    const [, digits = ""] = /echo "([0-9A-F ]+)" \| npx qkdlink decode -/.exec(PAGE) ?? [];
    const [, shown = ""] = /```text\n([\s\S]*?)```/.exec(PAGE) ?? [];
    expect(digits).not.toBe("");
    const { stdout, status } = spawnSync(process.execPath, [MAIN, "decode", "-"], {
      input: digits,
      encoding: "utf8",
    });
    expect({ stdout, status }).toEqual({ stdout: shown, status: 0 });
  }, 20_000);

  it("names options that the commands have", () => {
    const named = [...PAGE.matchAll(/npx qkdlink (record|decode|replay|bundle) ([^|\n`]*)/g)];
    expect(named.length).toBeGreaterThan(5);
    for (const command of ["record", "decode", "replay", "bundle"]) {
      const { stdout: help } = spawnSync(process.execPath, [MAIN, command, "--help"], { encoding: "utf8" });
      const options = named
        .filter(([, one]) => one === command)
        .flatMap(([, , rest = ""]) => rest.match(/--[a-z]+/g) ?? []);
      for (const option of options) expect(help, command).toContain(option);
    }
  }, 60_000);
});
