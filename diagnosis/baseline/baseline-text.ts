import { ConfigError } from "../../errors/index.ts";
import { checkOptions, type Rule, rule } from "../../options/index.ts";
import { checkLinkParameters, LINK_RULES, type LinkParameters } from "../../physics/index.ts";
import { OBSERVABLE_NAMES } from "../observables/observables.ts";
import type { Baseline } from "./baseline.ts";

const SCHEMA = "qkdlink-baseline/1";

/** A baseline with what it belongs to, as a file holds it. */
export interface BaselineFile {
  readonly schema: typeof SCHEMA;
  /** Names the pair of units. */
  readonly linkId: string;
  readonly serials: { readonly alice: string; readonly bob: string };
  /** When learning ended, ISO 8601 UTC. */
  readonly learntUtc: string;
  readonly clockHz: number;
  readonly baseline: Baseline;
}

const ANY_OBSERVABLE = (one: Rule): Rule =>
  rule.object<Record<string, unknown>>(
    Object.fromEntries(OBSERVABLE_NAMES.map((name) => [name, { ...one, optional: true as const }])),
    "values by observable",
  );
const FINITE = rule.number(-1e300, 1e300);
const POSITIVE = rule.number(0, 1e300);

const FILE_RULES = {
  schema: rule.choice(SCHEMA),
  linkId: rule.text(),
  serials: rule.object<BaselineFile["serials"]>({
    alice: rule.anyText("a serial number"),
    bob: rule.anyText("a serial number"),
  }),
  learntUtc: rule.text(),
  clockHz: rule.number(1, 1e12),
  baseline: rule.object<Baseline>({
    link: rule.object<LinkParameters>(LINK_RULES),
    look: ANY_OBSERVABLE(rule.object<{ value: number; u: number }>({ value: FINITE, u: POSITIVE })),
    scatter: ANY_OBSERVABLE(POSITIVE),
    independentLooks: rule.number(1, 1e6),
  }),
};

/** The file's text. */
export const baselineText = (file: Omit<BaselineFile, "schema">): string =>
  `${JSON.stringify({ schema: SCHEMA, ...file }, null, 2)}\n`;

/**
 * A baseline out of a file's text; `name` is the file's, for errors.
 * @throws ConfigError QKD_CONFIG_INVALID for anything that is no baseline, naming the member.
 */
export function readBaseline(text: string, name: string): BaselineFile {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError("QKD_CONFIG_INVALID", `${name} is no baseline: it is not JSON`, {
      cause,
      context: { path: name },
      remedy: "name a file that explain --learn wrote",
    });
  }
  const read = file as BaselineFile;
  const what = `the baseline ${name}`;
  try {
    checkOptions(what, read, FILE_RULES);
    checkLinkParameters(read.baseline.link);
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new ConfigError("QKD_CONFIG_INVALID", `${name} is no baseline: ${cause.message}`, {
      cause,
      context: { ...cause.context, path: name },
      remedy: "name a file that explain --learn wrote, unchanged",
    });
  }
  return read;
}
