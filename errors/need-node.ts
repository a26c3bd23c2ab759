import { ConfigError } from "./layers.ts";

const OLDEST = 24;

/** Refuses a Node.js that is too old, before a module that it cannot load is asked for. */
export function needNode(version: string): void {
  if (Number.parseInt(version, 10) >= OLDEST) return;
  throw new ConfigError("QKD_USAGE", `this is Node.js ${version}, and qkdlink needs ${OLDEST} or later`, {
    remedy: `install Node.js ${OLDEST}, or add the package node@${OLDEST} and run by npx`,
  });
}
