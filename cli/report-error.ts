import { CommanderError } from "commander";
import { knownError, QkdError } from "../errors/index.ts";

/** Exit codes of every command. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** What was typed or configured is wrong; nothing was started. */
const USAGE: ReadonlySet<string> = new Set([
  "QKD_USAGE",
  "QKD_TRANSPORT_ADDRESS",
  "QKD_CONFIG_INVALID",
  "QKD_PHYSICS_RANGE",
  "QKD_SCENARIO_INVALID",
]);

/** Prints an error as one line (or one JSON line) on standard error and returns the exit code that belongs to it. */
export function reportError(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const known = knownError(error);
  const { code, message, remedy } = known;
  const context = Object.fromEntries(
    Object.entries(known.context).map(([name, value]) => [
      name,
      typeof value === "bigint" ? String(value) : value,
    ]),
  );
  process.stderr.write(
    json ? `${JSON.stringify({ error: { code, message, remedy, context } })}\n` : `${known.line}\n`,
  );
  if (process.env.QKDLINK_DEBUG !== undefined && error instanceof Error && !(error instanceof QkdError))
    process.stderr.write(`${error.stack}\n`);
  return USAGE.has(code) ? EXIT.usage : EXIT.failed;
}
