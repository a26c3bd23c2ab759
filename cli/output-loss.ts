import { ConfigError } from "../errors/index.ts";
import { reportError } from "./report-error.ts";

/**
 * Tells once that standard output is lost, because its reader has gone or its device is full, and lets the exit code say
 * so. Without a listener the loss would end the program at once, with files and connections open. Who has more to do
 * than to print goes on.
 */
export function tellOutputLoss(json: boolean): void {
  let told = false;
  process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
    if (told) return;
    told = true;
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
