import { perIntensity, predictLink } from "../../physics/index.ts";
import type { Condition } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/**
 * For a share of the time bits are random: a quarter of a turn lies between the interferometers (second number 0), or both
 * ends speak of different gates (1), so that intensities are mixed up, too.
 */
export const syncSlip = cause({
  title: "synchronisation lost at times",
  kind: "honest",
  prior: 1,
  severities: grid(octaves(0.03, 0.6, 20), [0, 1]),
  says: (share) => `bits are random ${(100 * share).toFixed(0)} % of the time`,
  brings(condition, share, otherGates) {
    const { misalignment } = condition.link;
    const lost = 0.5 - Math.min(misalignment.z, misalignment.x);
    const slipped: Condition = {
      ...condition,
      spells: [
        { weight: 1 - share, misalignment },
        { weight: share, misalignment: { z: 0.5, x: 0.5 } },
      ],
      errorScatter: lost * Math.sqrt(share * (1 - share)),
    };
    return otherGates === 0
      ? { ...slipped, phaseSine: share }
      : { ...slipped, beside: (honest, link) => ({ ...honest, ...mixedGains(link, share) }) };
  },
  next: "check the synchronisation channel and both clocks (device ADDR show), then start the coarse delay scan of the calibration",
});

/** Gains where a share of the detections is booked to an intensity by chance. */
function mixedGains(link: Condition["link"], share: number) {
  const { gains } = predictLink(link);
  const mean = gains.reduce((sum, gain, k) => sum + gain * link.intensityProbabilities[k]!, 0);
  const [u, v, w] = perIntensity((k) => (1 - share) * gains[k] + share * mean);
  return { signalGain: Math.log(u), decoyRatio: Math.log(v / u), vacuumGain: Math.log(w) };
}
