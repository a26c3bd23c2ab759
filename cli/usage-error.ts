import { ConfigError } from "../errors/index.ts";

/** What commander says of a wrong command line, as an error of ours: with the nearest name, or where names are listed. */
export function usageError(text: string, command: string): ConfigError {
  const [sentence = "", ...more] = text
    .replace(/^error: /, "")
    .trim()
    .split("\n");
  const meant = /\(Did you mean (.+)\?\)/.exec(more.join(" "))?.[1];
  return new ConfigError("QKD_USAGE", sentence.replace(/\.$/, ""), {
    remedy: meant === undefined ? `run ${command} --help` : `write ${meant}`,
  });
}
