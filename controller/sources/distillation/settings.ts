import { createHash } from "node:crypto";
import { ConfigError } from "../../../errors/index.ts";
import { checkOptions, maybe, type RulesOf, rule } from "../../../options/index.ts";
import { checkLinkParameters, type LinkParameters } from "../../../physics/index.ts";

/** Agreed settings of the distillation; both sites must use equal values (compared at hello). */
export interface DistillationSettings {
  /** The intensities, probabilities and clock of the link; gains and losses in it serve as expectations only. */
  readonly link: LinkParameters;
  /**
   * Key-basis sifted bits per block, at least but for five standard deviations: a block ends after the number of
   * detections that holds so many on average and some more.
   */
  readonly blockBits: number;
  readonly epsilonSecrecy: number;
  readonly epsilonCorrectness: number;
  /** Block is aborted above this many disclosed bits per key-basis bit (variable-length bookkeeping has a ceiling). */
  readonly maxLeakFraction: number;
  /**
   * Which disclosed parities shorten the key: Alice's alone (default), where vacuum detections earn nothing because the
   * error pattern is taken as public; or those of both directions, the worst case (arXiv:2307.00576). Both figures are
   * reported either way.
   */
  readonly leakAccounting?: "aliceParities" | "bothDirections";
  /** Key-basis bits that are reconciled together, at least; default 2^20. */
  readonly cohortBits?: number;
  /** Cohorts under way at once, at most, so that the round trip does not set the rate; default 56. */
  readonly cohortsInFlight?: number;
  /** Bytes of each new key that replenish the authentication reserve, default 4096; never above a quarter of the key. Four
   * times as many, up to half of the key, while a reserve is below a quarter of the pre-placed pads; none above 16 times those. */
  readonly authenticationBytes?: number;
}

/** Settings with every default filled in. */
export type AgreedSettings = Required<DistillationSettings>;

const DEFAULTS = {
  leakAccounting: "aliceParities",
  cohortBits: 1 << 20,
  cohortsInFlight: 56,
  authenticationBytes: 4096,
} as const;

/** The form of the settings; `agreedSettings` knows what they may be. */
export const SETTINGS_RULES: RulesOf<DistillationSettings> = {
  link: rule.anyObject,
  blockBits: rule.anyNumber,
  epsilonSecrecy: rule.anyNumber,
  epsilonCorrectness: rule.anyNumber,
  maxLeakFraction: rule.anyNumber,
  leakAccounting: maybe(rule.choice("aliceParities", "bothDirections")),
  cohortBits: maybe(rule.anyNumber),
  cohortsInFlight: maybe(rule.anyNumber),
  authenticationBytes: maybe(rule.anyNumber),
};

const RANGES: readonly (readonly [keyof AgreedSettings, number, number, boolean])[] = [
  ["blockBits", 1024, 1.1e8, true],
  ["epsilonSecrecy", 1e-30, 1e-3, false],
  ["epsilonCorrectness", 1e-30, 1e-3, false],
  ["maxLeakFraction", 0.001, 1, false],
  ["cohortBits", 1024, 1 << 23, true],
  ["cohortsInFlight", 1, 256, true],
  ["authenticationBytes", 0, 1 << 24, true],
];

/**
 * Fills defaults and refuses impossible values.
 * @throws ConfigError QKD_CONFIG_INVALID or QKD_PHYSICS_RANGE naming field, value and range.
 */
export function agreedSettings(settings: DistillationSettings): AgreedSettings {
  checkOptions("the distillation settings", settings, SETTINGS_RULES);
  checkLinkParameters(settings.link);
  const filled = { ...DEFAULTS, ...settings };
  for (const [field, min, max, whole] of RANGES) {
    const value = filled[field];
    if (typeof value !== "number" || !(value >= min && value <= max) || (whole && !Number.isInteger(value)))
      throw new ConfigError(
        "QKD_CONFIG_INVALID",
        `distillation.${field} must be ${whole ? "a whole number" : "a number"} from ${min} to ${max}`,
        { context: { field, value: String(value), min, max } },
      );
  }
  if (filled.leakAccounting !== "aliceParities" && filled.leakAccounting !== "bothDirections")
    throw new ConfigError(
      "QKD_CONFIG_INVALID",
      "distillation.leakAccounting must be aliceParities or bothDirections",
      { context: { field: "leakAccounting", value: String(filled.leakAccounting) } },
    );
  return filled;
}

/**
 * Detections after which a block ends: so many that they hold `blockBits` key-basis bits but for five standard
 * deviations. A rule that looked at the sifted bits themselves would cost key, since it depends on basis choices.
 */
export function blockDetections(settings: AgreedSettings): number {
  const { link, blockBits } = settings;
  return Math.ceil((blockBits + 5 * Math.sqrt(blockBits)) / (link.aliceZProbability * link.bobZProbability));
}

/**
 * SHA-256 over everything both sites must have equal. Expected losses are left out on purpose: each site may hold its
 * own idea of the fibre, and the key length never uses it.
 */
export function settingsDigest(settings: AgreedSettings): Uint8Array {
  const { link } = settings;
  const agreed = [
    link.intensities,
    link.intensityProbabilities,
    link.aliceZProbability,
    link.bobZProbability,
    settings.blockBits,
    settings.epsilonSecrecy,
    settings.epsilonCorrectness,
    settings.maxLeakFraction,
    settings.leakAccounting,
    settings.cohortBits,
    settings.cohortsInFlight,
    settings.authenticationBytes,
  ];
  return new Uint8Array(createHash("sha256").update(JSON.stringify(agreed)).digest());
}
