import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
const FULL = "/dev/full";

export const NO_FULL_DEVICE = !existsSync(FULL);

const LOST = /^QKD_OUTPUT_WRITE: standard output cannot be written \(E[A-Z]+\)\. Remedy: [^\n]+\.\n$/;

const LOST_JSON =
  /^\{"error":\{"code":"QKD_OUTPUT_WRITE","message":"standard output cannot be written \(E[A-Z]+\)"[^\n]+\}\n$/;

/** How a command ends that tells that its output is lost. */
export const toldLoss = (command: string) => ({
  code: 1,
  errors: expect.stringMatching(command.includes("--json") ? LOST_JSON : LOST),
});

/** The exit code of a command, and what it wrote on standard error. */
interface Ended {
  readonly code: number | null;
  readonly errors: string;
}

function ended(child: ChildProcess): Promise<Ended> {
  let errors = "";
  child.stderr?.on("data", (chunk: Uint8Array) => {
    errors += String(chunk);
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, errors })));
}

const words = (command: string): string[] => [MAIN, ...command.split(" ")];

/** Runs a command whose output, and whose errors too if asked, go to a device that is full. */
export async function onFullDevice(command: string, errorsToo = false): Promise<Ended> {
  const full = openSync(FULL, "w");
  try {
    return await ended(
      spawn(process.execPath, words(command), { stdio: ["ignore", full, errorsToo ? full : "pipe"] }),
    );
  } finally {
    closeSync(full);
  }
}

/** Runs a command whose reader has gone before it began. */
export function withoutReader(command: string): Promise<Ended> {
  const child = spawn(process.execPath, words(command), { stdio: ["pipe", "pipe", "pipe"] });
  child.stdout.destroy();
  child.stdin.on("error", () => {});
  child.stdin.end("51 4B 44 4C 01 00 00 01 00 01 00 00 00 08 3A 99 01 23 45 67 89 AB CD EF 28 C7 D1 AE");
  return ended(child);
}
