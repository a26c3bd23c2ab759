import { ConfigError } from "./layers.ts";

const OLDEST = 24;

/** What of `process` is needed to refuse a Node.js in one line. */
export interface NodeProcess {
  readonly versions: { readonly node: string };
  readonly stderr: { write(text: string): unknown };
  on(event: "uncaughtExceptionMonitor", listener: (error: unknown) => void): unknown;
  listenerCount(event: "uncaughtException"): number;
  exit(code: number): never;
}

/** Refuses a Node.js that is too old, before a module that it cannot load is asked for. */
export function needNode(version: string): void {
  if (Number.parseInt(version, 10) >= OLDEST) return;
  throw new ConfigError("QKD_USAGE", `this is Node.js ${version}, and qkdlink needs ${OLDEST} or later`, {
    remedy: `install Node.js ${OLDEST}, or add the package node@${OLDEST} and run by npx`,
  });
}

/**
 * The same for an entry point of the library. Who catches the error of the import has it as every other one; who does not
 * gets its one line in place of a trace through modules that he has never seen, and the exit code of an uncaught error.
 */
export function needNodeToLoad(host: NodeProcess): void {
  try {
    needNode(host.versions.node);
  } catch (refusal) {
    host.on("uncaughtExceptionMonitor", (error) => {
      if (error !== refusal || host.listenerCount("uncaughtException") > 0) return;
      host.stderr.write(`${(refusal as ConfigError).line}\n`);
      host.exit(1);
    });
    throw refusal;
  }
}
