import { predictLink } from "../../physics/index.ts";
import { even, grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** Somebody measures this share of the pulses and resends what was seen, choosing Z with the second number's probability. */
export const interceptResend = cause({
  title: "an eavesdropper who intercepts and resends",
  kind: "attack",
  prior: 0.02,
  severities: grid(octaves(0.1, 1, 20), even(0, 1, 24)),
  continuous: 2,
  says: (share, inZ) =>
    `${(100 * share).toFixed(0)} % of the pulses, ${(100 * inZ).toFixed(0)} % of them measured in Z`,
  brings: (condition, share, inZ) => ({
    ...condition,
    beside(honest, link) {
      const pulses = Math.min(1, share);
      const worn = (wrong: number, missed: number) => wrong + pulses * missed * (0.5 - wrong);
      const { z, x } = link.misalignment;
      const misalignment = { z: worn(z, 1 - inZ), x: worn(x, inZ) };
      const { qber, doubleClicksPerGate } = predictLink({ ...link, misalignment });
      return {
        ...honest,
        qberZ: qber.z,
        qberX: qber.x,
        doubleClicks: Math.sqrt(1e6 * doubleClicksPerGate),
      };
    },
  }),
  next: "quarantine the key of this time; walk the line, then calibrate the phase: if the error of both bases stays unlike, treat it as an attack",
});
