import {
  gateResponse,
  type LinkParameters,
  predictLink,
  transmittanceOfLoss,
} from "../../../physics/index.ts";
import { brightClicks, pointTally } from "../sampling/point-samples.ts";
import { binomialTwoSided, poissonTwoSided } from "../statistics/count-tests.ts";
import { FIVE_SIGMA } from "../statistics/normal-test.ts";
import { AUDIT_POINTS, inflationOf, withoutAfterpulses } from "../suite/audit-points.ts";
import { type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";

/** Both detectors fire as often as the closed form says, far more between different bases, and give a fair bit. */
export const doubleClicks: HonestyTest = {
  number: 9,
  title: "double clicks",
  catches: "dropped double clicks, double clicks that always give one bit",
  limits: {
    rate: {
      statistic: "reported double clicks at 10 dB against the closed form, Poisson",
      alpha: FIVE_SIGMA,
      checks: 2,
    },
    bases: {
      statistic: "double clicks in matched and in mismatched bases at 0 dB against the closed form, Poisson",
      alpha: FIVE_SIGMA,
      checks: 4,
    },
    bit: {
      statistic: "reported bit of a double click: one or zero, Alice's or not; binomial of 1/2",
      alpha: FIVE_SIGMA,
      checks: 4,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    for (const point of AUDIT_POINTS) {
      const tally = await pointTally(context, point);
      const perGate = predictLink(point.link).doubleClicksPerGate;
      findings.push({
        limit: "rate",
        what: `${point.name}, ${tally.doubleClicks} double clicks`,
        pValue: poissonTwoSided(tally.doubleClicks, perGate * tally.gates, inflationOf(point.link)),
        observed: shown(tally.doubleClicks / tally.gates),
        expected: shown(perGate),
      });
      const link = { ...withoutAfterpulses(point.link), channelLossDb: 0 };
      const record = await brightClicks(context, point);
      const count = { matched: 0, crossed: 0, one: 0, alice: 0 };
      for (const code of record.code) {
        if ((code & 0xc0) !== 0xc0) continue;
        const bit = (code >>> 5) & 1;
        count[(code & 1) === ((code >>> 4) & 1) ? "matched" : "crossed"]++;
        count.one += bit;
        count.alice += Number(bit === ((code >>> 1) & 1));
      }
      for (const [bases, expected] of Object.entries(doublesPerGate(link)))
        findings.push({
          limit: "bases",
          what: `${point.name}, ${bases} bases`,
          pValue: poissonTwoSided(count[bases as "matched" | "crossed"], expected * record.gates),
          observed: `${count[bases as "matched" | "crossed"]}`,
          expected: shown(expected * record.gates),
        });
      const doubles = count.matched + count.crossed;
      for (const [what, ones] of [
        ["bit one", count.one],
        ["Alice's bit", count.alice],
      ] as const)
        findings.push({
          limit: "bit",
          what: `${point.name}, ${what}`,
          pValue: binomialTwoSided(ones, doubles, 0.5),
          observed: `${ones} of ${doubles}`,
          expected: "half",
        });
    }
    return { findings };
  },
};

/** Double clicks per gate with both observers in one basis and in different ones. */
function doublesPerGate(link: LinkParameters): { matched: number; crossed: number } {
  const receiver = {
    transmittance: transmittanceOfLoss(link.channelLossDb + link.receiverLossDb),
    efficiency: link.detectorEfficiency,
    background: predictLink(link).background,
  };
  const mean = (wrongFraction: number) =>
    link.intensities.reduce(
      (sum, intensity, k) =>
        sum + link.intensityProbabilities[k]! * gateResponse(receiver, intensity, wrongFraction).doubleClick,
      0,
    );
  const bothZ = link.aliceZProbability * link.bobZProbability;
  const bothX = (1 - link.aliceZProbability) * (1 - link.bobZProbability);
  return {
    matched: bothZ * mean(link.misalignment.z) + bothX * mean(link.misalignment.x),
    crossed: (1 - bothZ - bothX) * mean(0.5),
  };
}
