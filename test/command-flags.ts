import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { ConfigError } from "../errors/index.ts";

/**
 * The flags of a command of this tree, `--help` with them.
 * @throws ConfigError QKD_CONFIG_INVALID for what the command does not know.
 */
export function readFlags<T extends ParseArgsOptionsConfig>(args: readonly string[], flags: T) {
  try {
    const options = { ...flags, help: { type: "boolean", short: "h" } } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : "the options cannot be read";
    throw new ConfigError("QKD_CONFIG_INVALID", text, { cause, remedy: "see --help" });
  }
}

/** The error of a flag whose value cannot be used. */
export function wrongFlag(option: string, remedy: string): ConfigError {
  return new ConfigError("QKD_CONFIG_INVALID", `${option} cannot be used like that`, {
    context: { option },
    remedy,
  });
}
