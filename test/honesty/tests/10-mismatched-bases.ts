import { pointTally } from "../sampling/point-samples.ts";
import { binomialTwoSided } from "../statistics/count-tests.ts";
import { FIVE_SIGMA } from "../statistics/normal-test.ts";
import { AUDIT_POINTS, className, inflationOf } from "../suite/audit-points.ts";
import type { Finding, HonestyTest } from "../suite/honesty-test.ts";

/** In different bases Bob's bit says nothing of Alice's. */
export const mismatchedBases: HonestyTest = {
  number: 10,
  title: "mismatched bases",
  catches: "Alice's bit leaking into Bob's where physics forbids it",
  limits: {
    half: { statistic: "Bob's bit equals Alice's half the time, binomial", alpha: FIVE_SIGMA, checks: 12 },
  },
  async run(context) {
    const findings: Finding[] = [];
    for (const point of AUDIT_POINTS) {
      const tally = await pointTally(context, point);
      for (let index = 0; index < 6; index++) {
        const clicks = tally.crossed[index]!;
        const equal = tally.crossedEqual[index]!;
        findings.push({
          limit: "half",
          what: `${point.name}, ${className(index)} in the other basis`,
          pValue: binomialTwoSided(equal, clicks, 0.5, inflationOf(point.link)),
          observed: `${equal} of ${clicks}`,
          expected: "half",
        });
      }
    }
    return { findings };
  },
};
