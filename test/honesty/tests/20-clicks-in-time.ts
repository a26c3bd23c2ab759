import { predictLink } from "../../../physics/index.ts";
import type { Figure } from "../report/figure.ts";
import { type UserClicks, userClicks } from "../sampling/users/user-clicks.ts";
import { PATHS, type Path } from "../sampling/users/user-frames.ts";
import { DELAYS, type PairExcess, pairExcess } from "../statistics/afterpulse-excess.ts";
import { poissonTwoSided } from "../statistics/count-tests.ts";
import { gapsOf, geometricLaw, lagCorrelation } from "../statistics/gap-law.ts";
import { AUDIT_POINTS, withoutAfterpulses } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { exactly, type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";
import { RARE } from "../suite/rare.ts";

const T12 = AUDIT_POINTS[0].link;
/** Few clicks of light, so that those of trapped carriers stand out. */
const DIM = { ...T12, channelLossDb: 20 };
const DEAD_GATES = 30;
const PLAIN = { ...withoutAfterpulses(T12), deadGates: DEAD_GATES };
const LAGS = 32;

/** What follows what, and after how many gates, as users read it: no tap of truth. */
export const clicksInTime: HonestyTest = {
  number: 20,
  title: "clicks in time, as drivers and kernel give them",
  catches: "memory of the detectors that only the tap of truth has: afterpulses, dead time, order of clicks",
  limits: {
    same: {
      statistic:
        "pairs of clicks of one detector at each of 8 delays against the summed hazards a_j, Poisson, least p times 8",
      alpha: RARE,
      checks: PATHS.length,
    },
    other: { statistic: "the same from one detector to the other", alpha: RARE, checks: PATHS.length },
    total: { statistic: "total excess over all delays against p_ap", alpha: RARE, checks: PATHS.length },
    hazard: {
      statistic: "gaps beyond a dead time of 30 gates against the geometric law, 40 cells",
      alpha: RARE,
      checks: PATHS.length,
    },
    order: {
      statistic: "correlation of gaps at lags 1 to 32, chi-square",
      alpha: RARE,
      checks: PATHS.length,
    },
    blind: { statistic: "no gap within the dead time", alpha: 0, checks: PATHS.length },
  },
  async run(context) {
    const findings: Finding[] = [];
    const figures: Figure[] = [];
    for (const path of PATHS) {
      const followed = await afterpulses(context, path);
      findings.push(...followed.findings, ...(await gaps(context, path)));
      figures.push(followed.figure);
    }
    return { findings, figures };
  },
};

const clicksOn = (context: HonestyContext, path: Path) =>
  context.sized(path === "drivers" ? { fast: 3000, full: 20_000 } : { fast: 12_000, full: 200_000 });

async function afterpulses(context: HonestyContext, path: Path) {
  const clicks = clicksOn(context, path);
  const record = await userClicks(context, path, { name: "afterpulses", link: DIM, clicks });
  const plain = predictLink(withoutAfterpulses(DIM));
  const base = (plain.clicksPerGate + plain.doubleClicksPerGate) / 2;
  const [same, other] = [pairExcess(record, DIM, base, "same"), pairExcess(record, DIM, base, "other")];
  const delays = (limit: string, excess: PairExcess): Finding => {
    const chances = excess.pairs.map((count, bin) =>
      poissonTwoSided(count, excess.expected[bin]!, excess.covariance[bin]![bin]! / excess.expected[bin]!),
    );
    const pValue = Math.min(1, DELAYS.length * Math.min(...chances));
    const bin = chances.indexOf(Math.min(...chances));
    return {
      limit,
      what: `${path}, ${clicks} clicks, furthest off at ${DELAYS[bin]!.join(" to ")} gates`,
      pValue,
      observed: `${excess.pairs[bin]!} pairs`,
      expected: shown(excess.expected[bin]!),
    };
  };
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const wanted = sum(same.expected);
  const variance = sum(same.covariance.map(sum));
  const found = sum(same.pairs);
  const unit = DIM.afterpulseProbability / (wanted - sum(same.accidental));
  const findings: Finding[] = [
    delays("same", same),
    delays("other", other),
    {
      limit: "total",
      what: `${path}, afterpulse probability`,
      pValue: poissonTwoSided(found, wanted, variance / wanted),
      observed: shown((found - sum(same.accidental)) * unit),
      expected: `${shown(DIM.afterpulseProbability)} +- ${shown(Math.sqrt(variance) * unit)}`,
    },
  ];
  return { findings, figure: figureOf(path, record, same) };
}

function figureOf(path: Path, { gate }: UserClicks, excess: PairExcess): Figure {
  const width = (bin: number) => DELAYS[bin]![1] - DELAYS[bin]![0] + 1;
  const per = (bin: number) => gate.length * width(bin);
  const x = (bin: number) => (DELAYS[bin]![0] + DELAYS[bin]![1]) / 2;
  return {
    title: `Clicks after a click, as ${path} give them`,
    xLabel: "gates after a click of the same detector",
    yLabel: "excess click probability per gate",
    series: [
      {
        name: "expected from all earlier clicks",
        shape: "line",
        points: excess.expected.map((pairs, bin) => ({
          x: x(bin),
          y: (pairs - excess.accidental[bin]!) / per(bin),
        })),
      },
      {
        name: "read",
        shape: "points",
        points: excess.pairs.map((count, bin) => ({
          x: x(bin),
          y: (count - excess.accidental[bin]!) / per(bin),
          error: Math.sqrt(excess.covariance[bin]![bin]!) / per(bin),
        })),
      },
    ],
    caption: "Frames of one detection each, no tap of truth. Background without memory would lie at zero.",
  };
}

async function gaps(context: HonestyContext, path: Path): Promise<Finding[]> {
  const clicks = clicksOn(context, path);
  const { gate } = await userClicks(context, path, { name: "dead time", link: PLAIN, clicks });
  const all = gapsOf(gate);
  const least = all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const beyond = all.map((gap) => gap - DEAD_GATES);
  const hazard = predictLink({ ...PLAIN, deadGates: 0 }).clicksPerGate;
  const law = geometricLaw(beyond, hazard, 40);
  const order = lagCorrelation(beyond, hazard, LAGS);
  const what = `${path}, ${all.length} gaps`;
  return [
    {
      limit: "hazard",
      what,
      pValue: law.pValue,
      observed: `chi-square ${law.statistic.toFixed(1)}`,
      expected: `about ${law.freedom}`,
    },
    {
      limit: "order",
      what,
      pValue: order.pValue,
      observed: `chi-square ${order.statistic.toFixed(1)}`,
      expected: `about ${LAGS}`,
    },
    exactly("blind", what, least > DEAD_GATES, `least ${least}`, `above ${DEAD_GATES}`),
  ];
}
