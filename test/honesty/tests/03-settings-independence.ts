import type { LinkParameters } from "../../../physics/index.ts";
import { plainClicks, pointPulses } from "../sampling/point-samples.ts";
import { autocorrelation } from "../statistics/autocorrelation.ts";
import { pearson } from "../statistics/chi-square-test.ts";
import { AUDIT_POINTS } from "../suite/audit-points.ts";
import type { Finding, HonestyTest } from "../suite/honesty-test.ts";

const LAGS = 64;
const CHECKS = 14;

/** Intensity, Alice's basis and bit, and Bob's basis are independent of each other and of every earlier gate. */
export const settingsIndependence: HonestyTest = {
  number: 3,
  title: "independence of the settings",
  catches: "correlated or reused random generators, wrong setting probabilities",
  limits: {
    product: {
      statistic:
        "chi-square of intensity x basis x bit (every gate) and of these x Bob's basis (gates looked at) against the product",
      alpha: 1e-3 / CHECKS,
      checks: 4,
    },
    lags: {
      statistic: "sum of the squared autocorrelations of lags 1 to 64, chi-square with 64 degrees of freedom",
      alpha: 1e-3 / CHECKS,
      checks: 10,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    for (const point of AUDIT_POINTS) {
      const { settings } = await pointPulses(context, point);
      const { looked } = await plainClicks(context, point);
      const product = (what: string, values: Uint8Array, cells: number) => {
        const observed = new Array<number>(cells).fill(0);
        for (const value of values) observed[value]!++;
        const expected = observed.map(
          (_, code) => values.length * probabilityOf(point.link, code, cells > 16),
        );
        const { statistic, freedom, pValue } = pearson(
          observed.filter((_, code) => expected[code]! > 0),
          expected.filter((share) => share > 0),
        );
        findings.push({
          limit: "product",
          what: `${point.name}, ${what}, ${values.length} gates`,
          pValue,
          observed: `chi-square ${statistic.toFixed(1)}`,
          expected: `about ${freedom}`,
        });
      };
      product("Alice's settings", settings, 16);
      product("Alice's and Bob's settings", looked, 32);
      const { aliceZProbability, bobZProbability, intensityProbabilities } = point.link;
      const lags = (what: string, values: Uint8Array, bit: (code: number) => number, mean: number) => {
        const { statistic, pValue } = autocorrelation(values.map(bit), mean, LAGS);
        findings.push({
          limit: "lags",
          what: `${point.name}, ${what}`,
          pValue,
          observed: `chi-square ${statistic.toFixed(1)}`,
          expected: `about ${LAGS}`,
        });
      };
      lags("Alice's basis", settings, (code) => code & 1, 1 - aliceZProbability);
      lags("Alice's bit", settings, (code) => (code >>> 1) & 1, 0.5);
      lags("intensity u or not", settings, (code) => Number((code & 0xc) === 0), intensityProbabilities[0]);
      lags("Bob's basis", looked, (code) => code >>> 4, 1 - bobZProbability);
      lags("Alice's bit where Bob looked", looked, (code) => (code >>> 1) & 1, 0.5);
    }
    return { findings };
  },
};

function probabilityOf(link: LinkParameters, code: number, withBob: boolean): number {
  const k = (code >>> 2) & 3;
  if (k === 3) return 0;
  const alice = code & 1 ? 1 - link.aliceZProbability : link.aliceZProbability;
  const bob = code >>> 4 ? 1 - link.bobZProbability : link.bobZProbability;
  return (link.intensityProbabilities[k]! * alice * (withBob ? bob : 1)) / 2;
}
