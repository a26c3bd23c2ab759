import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { doctorCommand } from "../../../cli/index.ts";
import type { TestCertificate } from "../delivery-sites.ts";

/** A folder of the files that a file of tests names, and `qkdlink doctor`, run in this process. */
export function doctorTrial() {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-doctor-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const pair = (prefix: string, name: string, { cert, key }: TestCertificate): string[] => [
    `--${prefix}cert`,
    write(`${name}.pem`, cert),
    `--${prefix}key`,
    write(`${name}.key`, key),
  ];

  async function run(...args: string[]): Promise<string> {
    let output = "";
    process.exitCode = undefined;
    await doctorCommand((text) => {
      output += text;
    }).parseAsync(args, { from: "user" });
    return output;
  }

  /** The exit code of the last run. */
  function exitCode(): number {
    const code = Number(process.exitCode ?? 0);
    process.exitCode = undefined;
    return code;
  }

  return { folder, write, pair, run, exitCode };
}
