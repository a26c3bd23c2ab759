import { explainCommand } from "../../cli/index.ts";

/** Runs `qkdlink explain` in this process; what it printed, and the exit code that it set. */
export async function runExplain(
  ...args: readonly string[]
): Promise<{ readonly text: string; readonly code: unknown }> {
  let text = "";
  process.exitCode = undefined;
  try {
    await explainCommand((more) => {
      text += more;
    })
      .exitOverride()
      .parseAsync([...args], { from: "user" });
    return { text, code: process.exitCode };
  } finally {
    process.exitCode = undefined;
  }
}
