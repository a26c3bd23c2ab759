import { checkOptions, maybe, type RulesOf, rule } from "../../options/index.ts";
import type { BoundName } from "../bound-name.ts";
import { checkLinkParameters } from "../check-link.ts";
import { expectedCounts, expectedLeakBits, gatesForBlock } from "../expected-counts.ts";
import { finiteKeyLength } from "../finite-key.ts";
import type { LinkCounts } from "../link-counts.ts";
import type { LinkParameters } from "../link-parameters.ts";
import { predictLink } from "../link-prediction.ts";
import { requireInRange } from "../range.ts";
import type { KeyLength, KeyLengthRequest } from "./key-length-request.ts";
import { lim2014KeyLength } from "./lim2014.ts";
import { rusca2018KeyLength } from "./rusca2018.ts";
import { t12KeyLength } from "./t12.ts";

/** How a planned link distils its key: exactly one of `blockBits` and `sessionS` sets the block. */
export interface DistillationPlan {
  readonly bound: BoundName;
  /** Key-basis sifted bits of a block. */
  readonly blockBits?: number;
  /** Seconds of a session. */
  readonly sessionS?: number;
  readonly reconciliationEfficiency: number;
  readonly epsilonSecrecy: number;
  readonly epsilonCorrectness: number;
}

const PLAN: RulesOf<DistillationPlan> = {
  bound: rule.choice("t12", "lim", "lim-chernoff", "rusca", "composable"),
  blockBits: maybe(rule.anyNumber),
  sessionS: maybe(rule.anyNumber),
  reconciliationEfficiency: rule.anyNumber,
  epsilonSecrecy: rule.anyNumber,
  epsilonCorrectness: rule.anyNumber,
};

/** Expected outcome of one block. */
export interface FiniteRate extends KeyLength {
  readonly rateBps: number;
  /** Seconds that one block takes; infinite when nothing is ever detected. */
  readonly blockS: number;
  readonly counts: LinkCounts;
  /** The link that was evaluated: the one-decoy bound sends w's share as v. */
  readonly link: LinkParameters;
}

/**
 * Secret key rate of blocks of finite length, from mean counts.
 * @throws ConfigError QKD_PHYSICS_RANGE, QKD_PHYSICS_OVERFLOW.
 */
export function finiteRate(requested: LinkParameters, plan: DistillationPlan): FiniteRate {
  checkOptions("a distillation plan", plan, PLAN);
  checkLinkParameters(requested);
  const link = plan.bound === "rusca" ? withoutVacuumIntensity(requested) : requested;
  const prediction = predictLink(link);
  const gates =
    plan.sessionS === undefined
      ? gatesForBlock(
          prediction,
          requireInRange("blockBits", plan.blockBits ?? Number.NaN, { min: 1, max: 1e13 }),
        )
      : link.clockHz * requireInRange("sessionS", plan.sessionS, { min: 0, max: 1e9, openMin: true });
  const blockS = gates / link.clockHz;
  if (!Number.isFinite(gates) || gates > Number.MAX_SAFE_INTEGER)
    return { ...NOTHING, blockS, counts: NO_COUNTS, link };
  const counts = expectedCounts(link, gates, prediction);
  const length = keyLength(plan, { counts, source: link, ...plan });
  return { ...length, rateBps: length.secretBits / blockS, blockS, counts, link };
}

function keyLength(plan: DistillationPlan, request: KeyLengthRequest): KeyLength {
  switch (plan.bound) {
    case "t12":
      return t12KeyLength(request);
    case "lim":
      return lim2014KeyLength(request, "hoeffding");
    case "lim-chernoff":
      return lim2014KeyLength(request, "chernoff");
    case "rusca":
      return rusca2018KeyLength(request);
    case "composable":
      return finiteKeyLength({
        ...request,
        ...request.source,
        leakBits: expectedLeakBits(request.counts, plan.reconciliationEfficiency),
      });
  }
}

/** The same link with one decoy: pulses of the vacuum intensity are sent as decoys instead. */
function withoutVacuumIntensity(link: LinkParameters): LinkParameters {
  const [pu, pv, pw] = link.intensityProbabilities;
  return { ...link, intensityProbabilities: [pu, pv + pw, 0] };
}

const NO_COUNTS: LinkCounts = {
  sent: [0, 0, 0, 0, 0, 0],
  sifted: [0, 0, 0, 0, 0, 0],
  errors: [0, 0, 0, 0, 0, 0],
};
const NOTHING = {
  secretBits: 0,
  rateBps: 0,
  vacuumBits: 0,
  singlePhotonBits: 0,
  phaseErrorRate: 0.5,
} as const;
