import { matchProbabilities, predictLink, transmittanceOfLoss } from "../../physics/index.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

const MOST_PHOTONS = 40;

/** Click probability of pulses of this mean of which one photon of several is kept back and a single one blocked. */
function splitGain(mean: number, efficiency: number): number {
  let gain = 0;
  let probability = Math.exp(-mean);
  for (let photons = 1; photons < MOST_PHOTONS; photons++) {
    probability *= mean / photons;
    if (photons >= 2) gain += probability * (1 - (1 - efficiency) ** (photons - 1));
  }
  return gain;
}

/** Probability that both detectors click, where this share of the light goes astray. */
function splitDoubles(mean: number, efficiency: number, astray: number): number {
  let doubles = 0;
  let probability = Math.exp(-mean);
  for (let photons = 1; photons < MOST_PHOTONS; photons++) {
    probability *= mean / photons;
    if (photons < 3) continue;
    const left = photons - 1;
    const silent = (share: number) => (1 - efficiency * share) ** left;
    doubles += probability * (1 - silent(1 - astray) - silent(astray) + silent(1));
  }
  return doubles;
}

/** Somebody keeps a photon of each pulse that has several, blocks single ones, and holds the signal's gain if she can. */
export const pns = cause({
  title: "an eavesdropper who splits photon numbers",
  kind: "attack",
  prior: 0.02,
  severities: grid(octaves(0.15, 1, 18)),
  says: (share) => `${(100 * share).toFixed(0)} % of the pulses`,
  brings: (condition, severity) => ({
    ...condition,
    beside(honest, link) {
      const share = Math.min(1, severity);
      const efficiency = (link.detectorEfficiency[0] + link.detectorEfficiency[1]) / 2;
      const her = transmittanceOfLoss(link.receiverLossDb) * efficiency;
      const whole = her * transmittanceOfLoss(link.channelLossDb);
      const wanted = -Math.expm1(-link.intensities[0] * whole);
      const available = splitGain(link.intensities[0], her);
      const forwarded = available > wanted ? wanted / available : 1;
      const { gains, background } = predictLink(link);
      const dark = background[0] + background[1];
      const attacked = link.intensities.map(
        (mean, k) => (1 - share) * gains[k]! + share * (dark + forwarded * splitGain(mean, her)),
      );
      const [u = 1, v = 1, w = 1] = attacked;
      const { z, x } = matchProbabilities(link);
      const astray = [
        [z, link.misalignment.z],
        [x, link.misalignment.x],
        [1 - z - x, 0.5],
      ] as const;
      const hers = link.intensities.reduce(
        (sum, mean, k) =>
          sum +
          link.intensityProbabilities[k]! *
            astray.reduce((more, [chance, share]) => more + chance * splitDoubles(mean, her, share), 0),
        0,
      );
      const usual = honest.doubleClicks ** 2 / 1e6;
      return {
        ...honest,
        doubleClicks: Math.sqrt(1e6 * ((1 - share) * usual + share * forwarded * hers)),
        signalGain: Math.log(u),
        decoyRatio: Math.log(v / u),
        vacuumGain: Math.log(w),
      };
    },
  }),
  next: "quarantine the key of this time; the decoy bounds shorten or end the key by themselves. Check the transmitter's intensities, then walk the line",
});
