import { ConfigError } from "../errors/index.ts";
import { reportError } from "./report-error.ts";

/** Commands that look and change nothing: their reader may have had enough, as `head` has. */
const LOOK_ONLY: ReadonlySet<string | undefined> = new Set([
  "audit",
  "check",
  "decode",
  "ledger",
  "plan",
  "probe",
  "watch",
  "help",
  "--help",
  "-h",
  undefined,
]);

/**
 * Tells once that standard output is lost, because its reader has gone or its device is full, and lets the exit code say
 * so. Without a listener the loss would end the program at once, with files and connections open. Who has more to do
 * than to print goes on. That the reader of a command that looks alone has gone is no fault.
 */
export function tellOutputLoss(json: boolean, command: string | undefined): void {
  let told = false;
  process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
    if (told) return;
    told = true;
    if (cause.code === "EPIPE" && LOOK_ONLY.has(command)) return;
    process.exitCode = reportError(
      new ConfigError(
        "QKD_OUTPUT_WRITE",
        `standard output cannot be written (${cause.code ?? cause.message})`,
        {
          cause,
          remedy: "keep its reader running, or write to a place with free space",
        },
      ),
      json,
    );
  });
  // Nothing is left to tell it to.
  process.stderr.on("error", () => {});
}
