import { type LinkParameters, linkThroughGates, predictLink } from "../../../physics/index.ts";
import { nominalConditions } from "../conditions.ts";
import { gateTiming } from "../effects/gate-window.ts";
import { offsetIntensities } from "../effects/modulator.ts";
import { drifted } from "./drifted.ts";
import { UsualDrift } from "./usual-drift.ts";

/** Clicks a gate and error rates of a stretch of time, means over its drift. */
export interface DriftAveraged {
  readonly clicksPerGate: number;
  readonly qber: { readonly z: number; readonly x: number };
}

/** A drifted link as the closed form knows it: light that misses the gates is loss, and a wrong phase is misalignment. */
function asParameters(link: LinkParameters, drift: UsualDrift, seconds: number): LinkParameters {
  const conditions = drifted(nominalConditions(link), drift.at(seconds));
  const { link: now, laserPower, modulatorOffsetV, phaseErrorRad } = conditions;
  const [u, v, w] = offsetIntensities(now.intensities, modulatorOffsetV);
  const turned = (misalignment: number) => (1 - (1 - 2 * misalignment) * Math.cos(phaseErrorRad)) / 2;
  return {
    ...linkThroughGates(now, gateTiming(conditions)),
    intensities: [u * laserPower, v * laserPower, w * laserPower],
    misalignment: { z: turned(now.misalignment.z), x: turned(now.misalignment.x) },
  };
}

/** The closed form over the drift of a seed, looked at every `stepS` of link time: as often as the light looks, it is the same. */
export function driftAveraged(
  link: LinkParameters,
  seed: bigint,
  untilS: number,
  stepS: number,
): DriftAveraged {
  const drift = new UsualDrift(seed);
  const sums = { clicks: 0, looks: 0, sifted: { z: 0, x: 0 }, errors: { z: 0, x: 0 } };
  for (let seconds = 0; seconds < untilS; seconds += stepS) {
    const { clicksPerGate, siftedPerGate, qber } = predictLink(asParameters(link, drift, seconds));
    sums.looks += 1;
    sums.clicks += clicksPerGate;
    for (const basis of ["z", "x"] as const) {
      sums.sifted[basis] += siftedPerGate[basis];
      sums.errors[basis] += siftedPerGate[basis] * qber[basis];
    }
  }
  return {
    clicksPerGate: sums.clicks / sums.looks,
    qber: { z: sums.errors.z / sums.sifted.z, x: sums.errors.x / sums.sifted.x },
  };
}
