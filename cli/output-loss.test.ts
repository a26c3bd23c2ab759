import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** Runs a command; resolves with its exit code and what it wrote on standard error. */
function ended(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
  children.push(child);
  let errors = "";
  child.stderr?.on("data", (chunk: Uint8Array) => {
    errors += String(chunk);
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, errors })));
}

const LOST = /^QKD_OUTPUT_WRITE: standard output cannot be written \(E[A-Z]+\)\. Remedy: [^\n]+\.\n$/;

const LOST_JSON =
  /^\{"error":\{"code":"QKD_OUTPUT_WRITE","message":"standard output cannot be written \(E[A-Z]+\)"[^\n]+\}\n$/;

describe("output that cannot be written", () => {
  it.skipIf(!existsSync("/dev/full"))("is told in one line when a device is full", async () => {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [MAIN, "plan"], { stdio: ["ignore", full, "pipe"] });
    expect(await ended(child)).toEqual({ code: 1, errors: expect.stringMatching(LOST) });
  });

  const folder = mkdtempSync(join(tmpdir(), "qkdlink-output-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  it
    .skipIf(!existsSync("/dev/full"))
    .each([
      "--help",
      "--version",
      "plan --json",
      "plan --help",
      "keys get --help",
      "emulate --list-scenarios",
      `check --config ${folder}/none.yaml --json`,
      `init --out ${folder}/dev`,
      `secret --out ${folder}/link.secret`,
    ])("is told by %s, too, when a device is full", async (command) => {
    const full = openSync("/dev/full", "w");
    const args = [MAIN, ...command.split(" ")];
    const child = spawn(process.execPath, args, { stdio: ["ignore", full, "pipe"] });
    const lost = command.includes("--json") ? LOST_JSON : LOST;
    expect(await ended(child)).toEqual({ code: 1, errors: expect.stringMatching(lost) });
  });

  it
    .skipIf(!existsSync("/dev/full"))
    .each(["plan --none", "emulate --none", "keys status", "check", "secret"])(
    "leaves the exit code of %s as it is where nobody hears the error either",
    async (command) => {
      const full = openSync("/dev/full", "w");
      const child = spawn(process.execPath, [MAIN, ...command.split(" ")], { stdio: ["ignore", full, full] });
      expect(await ended(child)).toEqual({ code: 2, errors: "" });
    },
  );

  it.each(["plan --json", "decode -", "--help"])(
    "is no fault of %s whose reader has had enough",
    async (command) => {
      const child = spawn(process.execPath, [MAIN, ...command.split(" ")], {
        stdio: ["pipe", "pipe", "pipe"],
      });
      child.stdout.destroy();
      child.stdin.end("51 4B 44 4C 01 00 00 01 00 01 00 00 00 08 3A 99 01 23 45 67 89 AB CD EF 28 C7 D1 AE");
      expect(await ended(child)).toEqual({ code: 0, errors: "" });
    },
  );

  it("is told where it held what is gone with it", async () => {
    const child = spawn(process.execPath, [MAIN, "secret", "--out", `${folder}/gone.secret`], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    expect(await ended(child)).toEqual({ code: 1, errors: expect.stringMatching(LOST) });
  });

  it("is told in one line when its reader has gone, and ends a command that runs until it is stopped", async () => {
    const child = spawn(process.execPath, [MAIN, "emulate", "--bob", "tcp://127.0.0.1:0"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    expect(await ended(child)).toEqual({ code: 1, errors: expect.stringMatching(LOST) });
  });
});
