import { pointPulses } from "../sampling/point-samples.ts";
import { poissonTwoSided } from "../statistics/count-tests.ts";
import { FIVE_SIGMA, normalTwoSided } from "../statistics/normal-test.ts";
import { AUDIT_POINTS, INTENSITY_NAMES } from "../suite/audit-points.ts";
import { type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";

/** Intensities whose photon pairs are frequent enough for the normal law: u at both points, v in audit mode. */
const CASES = [
  [0, 0],
  [1, 0],
  [1, 1],
] as const;

/** g2(0) = <n(n-1)>/<n>^2 is one for Poisson light, zero for single photons, two for thermal light. */
export const secondOrderCoherence: HonestyTest = {
  number: 2,
  title: "second-order coherence g2(0)",
  catches: "photon numbers capped at one, thermal light",
  limits: {
    coherence: {
      statistic:
        "g2(0) - 1 in units of sqrt(2)/(mu sqrt(N)); for v, whose pairs are few, their number, Poisson",
      alpha: FIVE_SIGMA,
      checks: CASES.length,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    for (const [at, k] of CASES) {
      const point = AUDIT_POINTS[at];
      const { settings, photons } = await pointPulses(context, point);
      let [pulses, sum, pairs] = [0, 0, 0];
      for (let i = 0; i < settings.length; i++) {
        if (((settings[i]! >>> 2) & 3) !== k) continue;
        const n = photons[i]!;
        pulses++;
        sum += n;
        pairs += n * (n - 1);
      }
      const coherence = (pairs * pulses) / sum ** 2;
      const mean = point.link.intensities[k];
      const sigma = Math.SQRT2 / (mean * Math.sqrt(pulses));
      findings.push({
        limit: "coherence",
        what: `${point.name}, ${INTENSITY_NAMES[k]}, ${pulses} pulses`,
        pValue:
          k === 0
            ? normalTwoSided((coherence - 1) / sigma)
            : poissonTwoSided(pairs / 2, (pulses * mean ** 2) / 2, 1 + 2 * mean),
        observed: shown(coherence),
        expected: `1 +- ${shown(sigma)}`,
      });
    }
    return { findings };
  },
};
