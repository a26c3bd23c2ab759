import { even, grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** Bright light on the detectors and faked states: this share of the usual clicks, and the logarithm of the current's rise. */
export const blinding = cause({
  title: "an eavesdropper who blinds the detectors",
  kind: "attack",
  prior: 0.02,
  severities: grid(octaves(0.3, 3, 8), even(2, 14, 12)),
  continuous: 2,
  says: (_, rise) => `current per click ${Math.exp(rise).toExponential(0)} times the usual`,
  brings: (condition, share, rise) => ({
    ...condition,
    beside(honest) {
      const gain = honest.signalGain + Math.log(share);
      return {
        ...honest,
        signalGain: gain,
        decoyRatio: 0,
        vacuumGain: gain,
        qberZ: 0,
        qberX: 0,
        doubleClicks: 0,
        zeroShare: 0.5,
        vacuumZeroShare: 0.5,
        mismatchedCorrelation: 0,
        chargePerClick: rise,
      };
    },
  }),
  next: "stop the key exchange and quarantine the key of this time: the receiver is blinded; look for the light with a power meter at its input",
});
