import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Told {
  readonly call?: string;
  readonly fault?: string;
  readonly ended?: true;
}

/** All calls together take a few seconds. */
const PATIENCE_MS = 90_000;

/**
 * Runs a program that calls public functions, in a folder of its own; what was wrong with each call, and the call that
 * never ended. It tells its lines to a file, which keeps them whatever becomes of the program.
 */
export async function faultsOf(program: URL, ...given: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-public-"));
  const lines = join(folder, "told");
  const file = openSync(lines, "w");
  try {
    const child = spawn(process.execPath, [program.pathname, ...given], {
      cwd: folder,
      stdio: ["ignore", file, "pipe"],
      timeout: PATIENCE_MS,
      killSignal: "SIGKILL",
    });
    let complaint = "";
    child.stderr?.on("data", (chunk) => {
      complaint += chunk;
    });
    await new Promise((resolve) => child.once("close", resolve));
    const told = readFileSync(lines, "utf8").trimEnd().split("\n").map(read);
    const last = told.at(-1);
    const unended = last?.ended === true ? [] : [`${last?.call} does not end. ${complaint.slice(-400)}`];
    return [
      ...told.filter(({ fault }) => fault !== undefined).map(({ call, fault }) => `${call}: ${fault}`),
      ...unended,
    ];
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
}

const read = (line: string): Told => (line === "" ? {} : (JSON.parse(line) as Told));
