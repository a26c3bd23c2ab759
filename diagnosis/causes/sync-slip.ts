import { withReadings } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/**
 * For a share of the time both ends speak of different gates, so that their frames do not match (second number 1), or a
 * quarter of a turn lies between the interferometers, so that bits are random (0).
 */
export const syncSlip = cause({
  title: "synchronisation lost at times",
  kind: "honest",
  prior: 1,
  severities: grid(octaves(0.01, 0.99, 24), [0, 1]),
  says: (share, gates) =>
    gates === 1
      ? `${(100 * share).toFixed(0)} % of the frames list different gates at both ends`
      : `bits are random ${(100 * share).toFixed(0)} % of the time`,
  brings(condition, share, gates) {
    if (gates === 1) return withReadings(condition, { unlikeFrames: share });
    const { misalignment } = condition.link;
    const lost = 0.5 - Math.min(misalignment.z, misalignment.x);
    return {
      ...condition,
      phaseSine: share,
      spells: [
        { weight: 1 - share, misalignment },
        { weight: share, misalignment: { z: 0.5, x: 0.5 } },
      ],
      errorScatter: lost * Math.sqrt(share * (1 - share)),
    };
  },
  next: "check the synchronisation channel and both clocks (device ADDR show), then start the coarse delay scan of the calibration",
});
