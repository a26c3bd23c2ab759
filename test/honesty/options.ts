import { randomBytes } from "node:crypto";
import { readFlags, wrongFlag } from "../command-flags.ts";
import { ALL_MUTATIONS, mutationNamed } from "./mutations/all-mutations.ts";
import { ALL_TESTS } from "./suite/all-tests.ts";
import type { Scale } from "./suite/honesty-context.ts";

/** What the command line asks for. */
export interface HonestyOptions {
  readonly scale: Scale;
  readonly seed: bigint;
  readonly tests: ReadonlySet<number>;
  readonly threads: number;
  readonly mutation: string | null;
  readonly json: string | undefined;
  readonly html: string | undefined;
  readonly help: boolean;
}

export const USAGE = `usage: npm run honesty -- [--fast | --full] [--seed N | --seed random] [--json FILE] [--html FILE]
                           [--tests 4,8] [--threads N] [--mutation NAME]

Tests whether the emulator's photons are what they claim to be. Without --fast it samples long enough to see 1 %.
  --seed      every random number of the run comes from it; 1 by default, and always printed
  --json      everything declared and found, as JSON
  --html      the same as one page with plots
  --tests     only these numbers
  --threads   worker threads, 2 by default
  --mutation  plants a fault first; the run must then fail: ${ALL_MUTATIONS.map(({ name }) => name).join(", ")}

Exit code 0: honest; 1: not honest; 2: wrong usage. docs/HONESTY.md explains every test.
`;

/**
 * Reads the command line.
 * @throws ConfigError QKD_CONFIG_INVALID naming the option.
 */
export function readOptions(args: readonly string[]): HonestyOptions {
  const values = readFlags(args, {
    fast: { type: "boolean" },
    full: { type: "boolean" },
    seed: { type: "string" },
    json: { type: "string" },
    html: { type: "string" },
    tests: { type: "string" },
    threads: { type: "string" },
    mutation: { type: "string" },
  });
  if (values.fast === true && values.full === true) throw wrongFlag("--fast", "it contradicts --full");
  const mutation = values.mutation ?? null;
  if (mutation !== null) mutationNamed(mutation);
  return {
    scale: values.fast === true ? "fast" : "full",
    seed: seedOf(values.seed ?? "1"),
    tests: testsOf(values.tests),
    threads: wholeNumber("--threads", values.threads ?? "2", 64),
    mutation,
    json: values.json,
    html: values.html,
    help: values.help === true,
  };
}

function seedOf(text: string): bigint {
  if (text === "random") return randomBytes(8).readBigUInt64LE();
  if (!/^\d{1,20}$/.test(text) || BigInt(text) >= 2n ** 64n)
    throw wrongFlag("--seed", "use a whole number below 2^64, or random");
  return BigInt(text);
}

function testsOf(text: string | undefined): ReadonlySet<number> {
  if (text === undefined) return new Set(ALL_TESTS.map(({ number }) => number));
  return new Set(text.split(",").map((part) => wholeNumber("--tests", part.trim(), ALL_TESTS.length)));
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most) throw wrongFlag(option, `use whole numbers from 1 to ${most}`);
  return value;
}
