import { readFlags, wrongFlag } from "../command-flags.ts";

export interface SoakOptions {
  readonly minutes: number;
  readonly json: boolean;
  readonly plot: string | undefined;
  readonly help: boolean;
}

export const USAGE = `usage: npm run soak -- [--minutes N] [--json] [--plot FILE.svg]

Runs the small chain (emulated link, two sites, applications that take and fetch keys) and samples what each process holds.
  --minutes  60 by default; below eight the second half is too short to be judged
  --json     each judgement as a line of JSON, and a last one for the run
  --plot     memory, handles, timers and file descriptors over the time, as SVG

Exit code 0: nothing grows; 1: something grows, or keys differ; 2: wrong usage.
`;

/** Reads the command line. ConfigError QKD_CONFIG_INVALID naming the option. */
export function readOptions(args: readonly string[]): SoakOptions {
  const values = readFlags(args, {
    minutes: { type: "string" },
    json: { type: "boolean" },
    plot: { type: "string" },
  });
  const minutes = Number(values.minutes ?? "60");
  if (!(minutes > 0 && minutes <= 10_080)) throw wrongFlag("--minutes", "use a number up to 10080, a week");
  const { plot } = values;
  if (plot === "") throw wrongFlag("--plot", "name a file");
  return { minutes, json: values.json === true, plot, help: values.help === true };
}
