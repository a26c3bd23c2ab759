import { predictLink } from "../../../physics/index.ts";
import { pointTally } from "../sampling/point-samples.ts";
import { binomialTwoSided } from "../statistics/count-tests.ts";
import { AUDIT_POINTS, className, inflationOf } from "../suite/audit-points.ts";
import { type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";

/** Error rates of every intensity and basis: an honest vacuum pulse errs half the time, a decoy far more than a signal. */
export const errorRates: HonestyTest = {
  number: 5,
  title: "error rate per intensity and basis",
  catches: "a constant QBER, errors that do not come from background and misalignment",
  limits: {
    qber: {
      statistic: "Clopper-Pearson interval of confidence 99.99 % contains the closed form",
      alpha: 1e-4,
      checks: 12,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    for (const point of AUDIT_POINTS) {
      const tally = await pointTally(context, point);
      const { z, x } = predictLink(point.link).qberPerIntensity;
      for (let index = 0; index < 6; index++) {
        const expected = (index < 3 ? z : x)[index % 3]!;
        const clicks = tally.matched[index]!;
        const wrong = tally.errors[index]!;
        findings.push({
          limit: "qber",
          what: `${point.name}, ${className(index)}, ${clicks} clicks`,
          pValue: binomialTwoSided(wrong, clicks, expected, inflationOf(point.link)),
          observed: shown(wrong / clicks),
          expected: shown(expected),
        });
      }
    }
    return { findings };
  },
};
