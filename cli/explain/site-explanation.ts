import type { Explanation } from "../../controller/index.ts";
import { ConfigError, SiteError } from "../../errors/index.ts";
import { checkArgument, type Rule, rule } from "../../options/index.ts";
import { PLAIN } from "./plain-rule.ts";
import type { SiteClient } from "./site-client.ts";

/** What a site explains, with nothing to wait for. */
export type SiteDiagnosis = Omit<Explanation, "waiting" | "baseline"> & {
  readonly baseline: NonNullable<Explanation["baseline"]>;
};

const PLAINS = rule.list(PLAIN);
const NUMBER = rule.anyNumber;
const EVIDENCE = rule.list(rule.like({ observable: PLAIN, sigmas: NUMBER, text: PLAIN }));
const OR_NONE = (one: Rule): Rule => rule.either(one, rule.nothing);
const EXPLANATION = rule.like({
  atMs: NUMBER,
  answer: PLAIN,
  causes: rule.list(
    rule.like({
      cause: PLAIN,
      title: PLAIN,
      probability: rule.number(0, 1),
      severity: PLAIN,
      for: EVIDENCE,
      against: EVIDENCE,
    }),
  ),
  doubts: PLAINS,
  pair: OR_NONE(rule.like({ causes: PLAINS, text: PLAIN })),
  noneOfThese: rule.number(0, 1),
  changes: EVIDENCE,
  missing: PLAINS,
  next: PLAIN,
  indicators: rule.list(rule.like({ name: PLAIN, evidence: PLAIN })),
  frames: OR_NONE(rule.like({ paired: NUMBER, unlike: NUMBER })),
  baseline: OR_NONE(rule.like({ path: PLAIN, learntUtc: PLAIN, from: PLAIN })),
  waiting: OR_NONE(rule.like({ state: PLAIN, sentence: PLAIN, remedy: PLAIN, readyInS: OR_NONE(NUMBER) })),
});

/**
 * Asks a site what is the matter with its link. SiteError QKD_SITE_PENDING where it does not know yet, with how long to wait;
 * QKD_SITE_ANSWER where it gives no explanation; what reading it rejects with.
 */
export async function siteExplanation(client: SiteClient, signal: AbortSignal): Promise<SiteDiagnosis> {
  const { waiting, baseline, ...explained } = explanationOf(await client.read("explain", signal));
  if (waiting !== null) {
    const { sentence, remedy, readyInS } = waiting;
    throw new SiteError("QKD_SITE_PENDING", sentence, {
      remedy,
      retryable: readyInS !== null,
      context: readyInS === null ? {} : { readyInS },
    });
  }
  if (baseline === null || explained.causes.length === 0) throw strange("it names no baseline or no cause");
  return { ...explained, baseline };
}

function explanationOf(value: unknown): Explanation {
  try {
    checkArgument("the answer", value, EXPLANATION);
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw strange(cause.message, cause);
  }
  return value as Explanation;
}

const strange = (why: string, cause?: unknown): SiteError =>
  new SiteError("QKD_SITE_ANSWER", `what the site answers is no explanation: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
    remedy: "check that the address is that of a site's dashboard, and that its version is this one",
  });
