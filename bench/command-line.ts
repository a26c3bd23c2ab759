import { parseArgs } from "node:util";

/** What a run of the suite was asked for. */
export interface BenchRequest {
  /** Empty: all. */
  readonly names: readonly string[];
  readonly seconds: number | null;
  readonly jsonFile: string | null;
  readonly help: boolean;
}

/** Reads the arguments; throws an Error with a sentence for people. */
export function readCommandLine(args: readonly string[], known: readonly string[]): BenchRequest {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: "string" },
      json: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  for (const name of positionals)
    if (!known.includes(name))
      throw new Error(`there is no bench named ${name}; there are ${known.join(", ")}`);
  const seconds = values.seconds === undefined ? null : Number(values.seconds);
  if (seconds !== null && !(seconds > 0 && seconds <= 86_400))
    throw new Error("--seconds takes a number above 0 and at most 86400");
  return { names: positionals, seconds, jsonFile: values.json ?? null, help: values.help ?? false };
}
