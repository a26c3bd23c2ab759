import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { NO_FULL_DEVICE, onFullDevice, toldLoss, withoutReader } from "./lost-output.ts";

const folder = mkdtempSync(join(tmpdir(), "qkdlink-output-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("output that cannot be written", () => {
  it
    .skipIf(NO_FULL_DEVICE)
    .each([
      "--version",
      "plan --help",
      "keys get --help",
      "emulate --list-scenarios",
      `check --config ${folder}/none.yaml --json`,
      `init --out ${folder}/dev`,
      `secret --out ${folder}/link.secret`,
    ])("is told by %s when a device is full", async (command) => {
    expect(await onFullDevice(command)).toEqual(toldLoss(command));
  });

  it.skipIf(NO_FULL_DEVICE).each(["emulate --none", "keys status", "check", "secret"])(
    "leaves the exit code of %s as it is where nobody hears the error either",
    async (command) => {
      expect(await onFullDevice(command, true)).toEqual({ code: 2, errors: "" });
    },
  );

  it.each(["decode -", "--help"])("is no fault of %s whose reader has had enough", async (command) => {
    expect(await withoutReader(command)).toEqual({ code: 0, errors: "" });
  });
});
