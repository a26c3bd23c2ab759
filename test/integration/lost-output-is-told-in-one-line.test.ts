import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { NO_FULL_DEVICE, onFullDevice, toldLoss, withoutReader } from "./lost-output.ts";

const folder = mkdtempSync(join(tmpdir(), "qkdlink-output-"));
afterAll(() => rmSync(folder, { recursive: true }));

// One command of each way to print; the others are in the slow tests.
describe("output that cannot be written", () => {
  it.skipIf(NO_FULL_DEVICE).each(["plan", "--help", "plan --json"])(
    "is told by %s in one line when a device is full",
    async (command) => {
      expect(await onFullDevice(command)).toEqual(toldLoss(command));
    },
  );

  it.skipIf(NO_FULL_DEVICE)("leaves the exit code as it is where nobody hears the error either", async () => {
    expect(await onFullDevice("plan --none", true)).toEqual({ code: 2, errors: "" });
  });

  it("is no fault of a command that looks alone, whose reader has had enough", async () => {
    expect(await withoutReader("plan --json")).toEqual({ code: 0, errors: "" });
  });

  it("is told where it held what is gone with it", async () => {
    const command = `secret --out ${folder}/gone.secret`;
    expect(await withoutReader(command)).toEqual(toldLoss(command));
  });

  it("is told in one line when its reader has gone, and ends a command that runs until it is stopped", async () => {
    const command = "emulate --bob tcp://127.0.0.1:0";
    expect(await withoutReader(command)).toEqual(toldLoss(command));
  });
});
