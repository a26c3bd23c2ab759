import { type LinkParameters, type PerBasis, predictLink } from "../../../physics/index.ts";

/** What the closed form says of a healthy link; the measure for every indicator. */
export interface LinkExpectation {
  /** The link itself, for expectations at another load. */
  readonly link: LinkParameters;
  /** Mean photon numbers of signal, decoy, vacuum. */
  readonly intensities: readonly [number, number, number];
  /** Probability that Bob measures each basis. */
  readonly bobProbability: PerBasis;
  /** Click probability per signal gate, dead time included. */
  readonly signalGain: number;
  /** Background clicks per gate without afterpulses, both detectors. */
  readonly darkGain: number;
  /** Afterpulse clicks per gate at the expected load, both detectors. */
  readonly afterpulseGain: number;
  readonly liveFraction: number;
  /** Error rate of the sifted bits of each basis, all intensities. */
  readonly qber: PerBasis;
  readonly clicksPerGate: number;
  readonly detectionsPerS: number;
  /** Double clicks per click. */
  readonly doubleClickShare: number;
}

/** The expectation for a link. Throws ConfigError for parameters without a steady state. */
export function expectationOf(link: LinkParameters): LinkExpectation {
  const prediction = predictLink(link);
  const quiet = predictLink({ ...link, afterpulseProbability: 0 });
  const [dark0, dark1] = quiet.background;
  const [all0, all1] = prediction.background;
  return {
    link,
    intensities: link.intensities,
    bobProbability: { z: link.bobZProbability, x: 1 - link.bobZProbability },
    signalGain: prediction.gains[0],
    darkGain: dark0 + dark1,
    afterpulseGain: Math.max(0, all0 + all1 - dark0 - dark1),
    liveFraction: prediction.liveFraction,
    qber: prediction.qber,
    clicksPerGate: prediction.clicksPerGate,
    detectionsPerS: prediction.clicksPerS,
    doubleClickShare: prediction.doubleClicksPerGate / prediction.clicksPerGate,
  };
}
