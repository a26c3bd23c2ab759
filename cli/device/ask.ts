import { createInterface } from "node:readline";
import { ConfigError } from "../../errors/index.ts";

/** Asks a person. Throws ConfigError QKD_USAGE where there is none; `signal` gives up. */
export async function confirmed(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new ConfigError("QKD_USAGE", "nobody is there to be asked", { remedy: "say --yes" });
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      // The terminal takes Ctrl-C for itself while it asks.
      terminal.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
      terminal.once("close", () => resolve(""));
      terminal.question(`${question} [y/N] `, resolve);
    });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
