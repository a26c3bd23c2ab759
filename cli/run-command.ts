import { program } from "./program.ts";
import { EXIT, reportError } from "./report-error.ts";

/** Runs a command line within this process; its exit code, and what it reports on standard error. */
export async function runCommand(
  args: readonly string[],
): Promise<{ readonly code: number; readonly errors: string }> {
  const write = process.stderr.write;
  let errors = "";
  process.stderr.write = (text: string | Uint8Array) => {
    errors += String(text);
    return true;
  };
  try {
    const argv = ["node", "qkdlink", ...args];
    await (await program(argv)).parseAsync(argv);
    return { code: EXIT.done, errors };
  } catch (error) {
    const code = reportError(error, args.includes("--json"));
    return { code, errors };
  } finally {
    process.stderr.write = write;
  }
}
