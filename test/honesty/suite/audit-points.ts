import { type LinkParameters, linkPreset } from "../../../physics/index.ts";

/** A setting at which the tests are run. */
export interface AuditPoint {
  readonly name: "T12" | "audit";
  readonly link: LinkParameters;
}

const T12 = linkPreset("t12").link;

/**
 * The published T12 system at 10 dB, and the same hardware in audit mode: intensities sent equally often, bases chosen
 * evenly, so that decoy and vacuum statistics come within reach. Afterpulses follow the mean gain, so predictions are
 * made anew for it.
 */
export const AUDIT_POINTS: readonly [AuditPoint, AuditPoint] = [
  { name: "T12", link: T12 },
  {
    name: "audit",
    link: {
      ...T12,
      intensityProbabilities: [1 / 3, 1 / 3, 1 / 3],
      aliceZProbability: 0.5,
      bobZProbability: 0.5,
    },
  },
];

/** The link without afterpulses: its gates are independent, so that counts are binomial. */
export function withoutAfterpulses(link: LinkParameters): LinkParameters {
  return { ...link, afterpulseProbability: 0 };
}

/** Factor by which afterpulses can raise the variance of a count at most (physics paper, section 5). */
export function inflationOf(link: LinkParameters): number {
  return 1 + 2 * link.afterpulseProbability;
}

export const BASES = ["z", "x"] as const;
export const INTENSITY_NAMES = ["u", "v", "w"] as const;

/** Name of a class of pulses, index = basis * 3 + intensity. */
export function className(index: number): string {
  return `${index < 3 ? "Z" : "X"}${INTENSITY_NAMES[index % 3]}`;
}
