import { everyGate, UNSEEN } from "../sampling/users/every-gate.ts";
import { detectionBits, settingBits } from "../sampling/users/setting-bits.ts";
import { codesOf } from "../sampling/users/user-frame.ts";
import { PATHS, type Path, userFrames } from "../sampling/users/user-frames.ts";
import { chiSquareTwoSided } from "../statistics/chi-square-test.ts";
import { normalTwoSided } from "../statistics/normal-test.ts";
import {
  type BitStream,
  biasScore,
  differing,
  earlier,
  type ParityScore,
  parityScore,
  summarised,
} from "../statistics/parity.ts";
import { AUDIT_POINTS, withoutAfterpulses } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { exactly, type Finding, type HonestyTest } from "../suite/honesty-test.ts";
import { RARE } from "../suite/rare.ts";

/** Lags of triples. */
const NEAR = 8;
const GROUPS = ["one gate", "pairs", "far pairs", "triples", "detections in pairs", "detections in triples"];

/** Alice's and Bob's settings in the order of the gates: nobody's choice follows from anything earlier. */
export const settingsInOrder: HonestyTest = {
  number: 21,
  title: "order of the settings, as drivers and kernel give them",
  catches: "settings that follow from earlier ones of either site, alone or jointly",
  limits: {
    sum: {
      statistic:
        "parities of settings within a gate, in pairs and triples over lags: sum of the squared scores, chi-square, two-sided",
      alpha: RARE,
      checks: PATHS.length * GROUPS.length,
    },
    largest: {
      statistic: "the largest of these scores, normal, p times their number",
      alpha: RARE,
      checks: PATHS.length * GROUPS.length,
    },
    matched: {
      statistic: "Bob's bit in Alice's basis is hers where nothing goes astray",
      alpha: 0,
      checks: PATHS.length,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    for (const path of PATHS) {
      const codes = await everyGate(context, path, context.sized({ fast: 2 ** 17, full: 2 ** 20 }));
      const bits = settingBits(codes, context.seedFor(`coins ${path}`));
      const inOrder = detectionBits(await detections(context, path));
      const groups: readonly ParityScore[][] = [
        withinGate(bits),
        pairs(bits, lagsTo(context.sized({ fast: 128, full: 1024 }))),
        pairs(bits, powersBelow(codes.length / 2)),
        triples(bits),
        pairs(inOrder, lagsTo(128)),
        triples(inOrder),
      ];
      for (const [index, scores] of groups.entries())
        findings.push(...judged(`${path}, ${GROUPS[index]!}`, scores));
      findings.push(matched(path, codes));
    }
    return { findings };
  },
};

/** Detections of a usual link in the order in which frames list them. */
async function detections(context: HonestyContext, path: Path): Promise<Uint8Array> {
  const wanted = context.sized({ fast: 2 ** 16, full: 2 ** 19 });
  const link = { ...withoutAfterpulses(AUDIT_POINTS[1].link), channelLossDb: 3 };
  const codes = new Uint8Array(wanted);
  let at = 0;
  for await (const frame of userFrames(context, path, { name: "in order", link, detectionsPerFrame: 8192 })) {
    codes.set(codesOf(frame).subarray(0, wanted - at), at);
    at += frame.detections;
    if (at >= wanted) break;
  }
  return codes;
}

function judged(what: string, scores: readonly ParityScore[]): Finding[] {
  const { squares, largest, count } = summarised(scores);
  return [
    {
      limit: "sum",
      what: `${what}, ${count} parities`,
      pValue: chiSquareTwoSided(squares, count),
      observed: `chi-square ${squares.toFixed(0)}`,
      expected: `${count} +- ${Math.sqrt(2 * count).toFixed(0)}`,
    },
    {
      limit: "largest",
      what: `${what}: ${largest.what}`,
      pValue: Math.min(1, count * normalTwoSided(largest.score)),
      observed: `${largest.score.toFixed(1)} sigma`,
      expected: "0 +- 1 sigma",
    },
  ];
}

const lagsTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);
const powersBelow = (most: number) =>
  Array.from({ length: 40 }, (_, i) => 2 ** i).filter((lag) => lag > 1024 && lag <= most);

/** Every set of settings of one gate. */
function withinGate(bits: readonly BitStream[]): ParityScore[] {
  return Array.from({ length: 2 ** bits.length - 1 }, (_, i) =>
    biasScore(bits.filter((__, index) => ((i + 1) >>> index) & 1).reduce(differing)),
  );
}

function pairs(bits: readonly BitStream[], lags: readonly number[]): ParityScore[] {
  return lags.flatMap((lag) => {
    const before = bits.map((stream) => earlier(stream, lag));
    return bits.flatMap((now) => before.map((then) => parityScore(now, then)));
  });
}

/** A setting with two earlier ones, of two gates or of one. */
function triples(bits: readonly BitStream[]): ParityScore[] {
  const before = lagsTo(NEAR).flatMap((lag) => bits.map((stream) => earlier(stream, lag)));
  return before.flatMap((one, index) =>
    before.slice(index + 1).flatMap((other) => {
      const both = differing(one, other);
      return bits.map((now) => parityScore(now, both));
    }),
  );
}

function matched(path: Path, codes: Uint8Array): Finding {
  let [looked, wrong] = [0, 0];
  for (const code of codes) {
    if (code === UNSEEN || ((code ^ (code >>> 4)) & 1) !== 0) continue;
    looked++;
    wrong += ((code >>> 1) ^ (code >>> 5)) & 1;
  }
  return exactly("matched", `${path}, ${looked} gates`, wrong === 0 && looked > 0, `${wrong} differ`, "none");
}
