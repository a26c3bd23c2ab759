import type { ClickRecord } from "../sampling/click-record.ts";
import { brightClicks, pointTally } from "../sampling/point-samples.ts";
import { binomialTwoSided, poissonTwoSided } from "../statistics/count-tests.ts";
import { FIVE_SIGMA } from "../statistics/normal-test.ts";
import { AUDIT_POINTS, type AuditPoint, inflationOf } from "../suite/audit-points.ts";
import { type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";

/** Equal detectors fire equally often, and given the settings independently of each other. */
export const detectors: HonestyTest = {
  number: 11,
  title: "detector balance and independence",
  catches: "one detector favoured, detectors that exclude or pull each other",
  limits: {
    balance: {
      statistic: "clicks of detector 0 among all, binomial of 1/2, variance inflated by 1 + 2 p_ap",
      alpha: FIVE_SIGMA,
      checks: 2,
    },
    independence: {
      statistic: "double clicks at 0 dB against P(D0) P(D1) of each setting, measured alone, Poisson",
      alpha: FIVE_SIGMA,
      checks: 2,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    for (const point of AUDIT_POINTS) {
      const [zero, one] = (await pointTally(context, point)).fired;
      findings.push({
        limit: "balance",
        what: `${point.name}, ${zero + one} avalanches`,
        pValue: binomialTwoSided(zero, zero + one, 0.5, inflationOf(point.link)),
        observed: shown(zero / (zero + one)),
        expected: "half",
      });
      const { doubles, expected } = coincidences(await brightClicks(context, point), point);
      findings.push({
        limit: "independence",
        what: `${point.name}, sum over 24 settings`,
        pValue: poissonTwoSided(doubles, expected),
        observed: `${doubles}`,
        expected: shown(expected),
      });
    }
    return { findings };
  },
};

/** Double clicks, and how many the single rates of each setting make expected. */
function coincidences(record: ClickRecord, { link }: AuditPoint) {
  const singles = [new Float64Array(32), new Float64Array(32)] as const;
  let doubles = 0;
  for (const code of record.code) {
    const settings = code & 0x1f;
    if ((code & 0x40) !== 0) singles[0][settings]!++;
    if ((code & 0x80) !== 0) singles[1][settings]!++;
    if ((code & 0xc0) === 0xc0) doubles++;
  }
  let expected = 0;
  for (let settings = 0; settings < 32; settings++) {
    const k = (settings >>> 2) & 3;
    if (k === 3) continue;
    const alice = settings & 1 ? 1 - link.aliceZProbability : link.aliceZProbability;
    const bob = settings >>> 4 ? 1 - link.bobZProbability : link.bobZProbability;
    const gates = (record.gates * link.intensityProbabilities[k]! * alice * bob) / 2;
    expected += (singles[0][settings]! * singles[1][settings]!) / gates;
  }
  return { doubles, expected };
}
