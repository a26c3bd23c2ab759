import { predictLink } from "../../../physics/index.ts";
import { recordClicks } from "../sampling/click-record.ts";
import { tallyLink } from "../sampling/tally-link.ts";
import { gapsOf, geometricLaw } from "../statistics/gap-law.ts";
import { FIVE_SIGMA, normalTwoSided } from "../statistics/normal-test.ts";
import { AUDIT_POINTS, withoutAfterpulses } from "../suite/audit-points.ts";
import { exactly, type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";

const DEAD_GATES = 30;

/** After a click the receiver is blind for exactly the dead time, then as sensitive as ever. */
export const deadTime: HonestyTest = {
  number: 7,
  title: "dead time",
  catches: "dead time as a mere factor, memory beyond it, blind gates counted wrongly",
  limits: {
    blind: {
      statistic: "no gap within the dead time; per detector: none in the same detector; blind gates reported",
      alpha: 0,
      checks: 6,
    },
    hazard: {
      statistic: "chi-square of the gaps beyond the dead time against the geometric law, 40 cells",
      alpha: 1e-3 / 2,
      checks: 2,
    },
    rate: { statistic: "click rate against 1/(1/q + N_d), renewal variance", alpha: FIVE_SIGMA, checks: 2 },
  },
  async run(context) {
    const findings: Finding[] = [];
    for (const point of AUDIT_POINTS) {
      const live = predictLink(withoutAfterpulses(point.link)).clicksPerGate;
      const link = { ...withoutAfterpulses(point.link), deadGates: DEAD_GATES };
      const gates = context.sized({ fast: 4e6, full: 2e8 });
      const record = await recordClicks(context, { name: `${point.name} with dead time`, link, gates });
      const gaps = gapsOf(record.gate);
      const least = gaps.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
      findings.push(
        exactly("blind", `${point.name}, least gap`, least > DEAD_GATES, `${least}`, `above ${DEAD_GATES}`),
      );
      const { statistic, freedom, pValue } = geometricLaw(
        gaps.map((gap) => gap - DEAD_GATES),
        live,
        40,
      );
      findings.push({
        limit: "hazard",
        what: `${point.name}, ${gaps.length} gaps`,
        pValue,
        observed: `chi-square ${statistic.toFixed(1)}`,
        expected: `about ${freedom}`,
      });

      const long = context.sized({ fast: 1e8, full: 1e10 });
      const tally = await tallyLink(context, { name: `${point.name} with dead time`, link, gates: long });
      const mean = DEAD_GATES + 1 / live;
      const sigma = Math.sqrt((tally.gates * (1 - live)) / live ** 2 / mean ** 3);
      findings.push({
        limit: "rate",
        what: `${point.name}, ${tally.detections} clicks`,
        pValue: normalTwoSided((tally.detections - tally.gates / mean) / sigma),
        observed: shown(tally.detections / tally.gates),
        expected: `${shown(1 / mean)} +- ${shown(sigma / tally.gates)}`,
      });
      const blind = Math.abs(tally.deadGates - DEAD_GATES * tally.detections);
      findings.push(
        exactly(
          "blind",
          `${point.name}, blind gates reported`,
          blind <= DEAD_GATES,
          `${tally.deadGates}`,
          `${DEAD_GATES} a click`,
        ),
      );

      const separate = await recordClicks(context, {
        name: `${point.name} with dead time per detector`,
        link: withoutAfterpulses(point.link),
        gates: gates / 2,
        controls: [{ type: "deadTime", gates: DEAD_GATES, perDetector: true }],
      });
      const { same, other } = nearestClicks(separate.gate, separate.code);
      findings.push(
        exactly(
          "blind",
          `${point.name}, dead time per detector`,
          same > DEAD_GATES && other <= DEAD_GATES,
          `least gap ${same} in a detector, ${other} between them`,
          `above and not above ${DEAD_GATES}`,
        ),
      );
    }
    return { findings };
  },
};

/** Least distance between clicks of one detector, and between clicks of different ones. */
function nearestClicks(gate: Float64Array, code: Uint8Array): { same: number; other: number } {
  const last = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let same = Number.POSITIVE_INFINITY;
  let other = Number.POSITIVE_INFINITY;
  for (let i = 0; i < gate.length; i++)
    for (const detector of [0, 1] as const) {
      if ((code[i]! & (0x40 << detector)) === 0) continue;
      same = Math.min(same, gate[i]! - last[detector]!);
      if (gate[i]! > last[1 - detector]!) other = Math.min(other, gate[i]! - last[1 - detector]!);
      last[detector] = gate[i]!;
    }
  return { same, other };
}
