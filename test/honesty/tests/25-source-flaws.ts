import type { Happening, OpticsControl } from "../../../emulator/index.ts";
import { type LinkParameters, linkPreset } from "../../../physics/index.ts";
import { userClicks } from "../sampling/users/user-clicks.ts";
import { codesOf } from "../sampling/users/user-frame.ts";
import { PATHS, type Path, userFrames } from "../sampling/users/user-frames.ts";
import { binomialTwoSided } from "../statistics/count-tests.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";
import { RARE } from "../suite/rare.ts";

/** No background, no loss: whatever differs from the settings is the source's. */
const CLEAN: LinkParameters = {
  ...linkPreset("t12").link,
  channelLossDb: 0,
  receiverLossDb: 0,
  detectorEfficiency: [0.5, 0.5],
  darkCountsPerGate: [0, 0],
  afterpulseProbability: 0,
  aliceZProbability: 0.5,
  bobZProbability: 0.5,
  misalignment: { z: 0, x: 0 },
};
const EFFICIENCY = 0.5;
const JITTER = 0.3;
const PATTERN = [0, 0.5, -0.5] as const;
const PREPARATION = { z: 0.3, x: 0 } as const;
const OFFSET_V = 2;

/** What the source does wrong is in the clicks, by the laws of physics and not those of the emulator's code. */
export const sourceFlaws: HonestyTest = {
  number: 25,
  title: "flaws of the source, as drivers and kernel give them",
  catches: "jitter, pattern effect, wrong preparation, a modulator off its point that are set but not there",
  limits: {
    jitter: {
      statistic:
        "clicks of strong pulses of varying intensity: convexity of exp(-x) makes them fewer, binomial",
      alpha: RARE,
      checks: PATHS.length,
    },
    pattern: {
      statistic: "clicks at the gate behind a click, by the intensity sent before, binomial",
      alpha: RARE,
      checks: 3 * PATHS.length,
    },
    preparation: {
      statistic:
        "errors per basis with bit 1 off by a phase in Z: sin^2 of half of it in half the bits, binomial",
      alpha: RARE,
      checks: 2 * PATHS.length,
    },
    modulator: {
      statistic: "gains of decoy and vacuum with the modulator's bias off, sin^2 law, binomial",
      alpha: RARE,
      checks: 2 * PATHS.length,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    for (const path of PATHS) {
      findings.push(await jitter(context, path));
      findings.push(...(await pattern(context, path)));
      findings.push(...(await preparation(context, path)));
      findings.push(...(await modulator(context, path)));
    }
    return { findings };
  },
};

interface Flaw {
  readonly name: string;
  readonly link: LinkParameters;
  readonly control: OpticsControl;
  readonly happening: Happening;
}

const DETECTIONS = 4096;

/** Totals of some frames under a flaw. */
async function totals(context: HonestyContext, path: Path, flaw: Flaw, frames: number) {
  const { name, link, control, happening } = flaw;
  const sent = new Float64Array(6);
  const [clicks, matched, errors] = [new Float64Array(6), new Float64Array(2), new Float64Array(2)];
  let [gates, left] = [0, context.sized({ fast: frames, full: 20 * frames })];
  for await (const frame of userFrames(context, path, {
    name,
    link,
    detectionsPerFrame: DETECTIONS,
    controls: [control],
    happenings: [happening],
  })) {
    gates += Number(frame.gateCount);
    for (const [index, count] of frame.qtx.sent.entries()) sent[index]! += count;
    for (const code of codesOf(frame)) {
      clicks[(code & 1) * 3 + ((code >>> 2) & 3)]!++;
      if (((code ^ (code >>> 4)) & 1) !== 0) continue;
      matched[code & 1]!++;
      errors[code & 1]! += ((code >>> 1) ^ (code >>> 5)) & 1;
    }
    if (--left === 0) break;
  }
  const ofLevel = (counts: Float64Array, k: number) => counts[k]! + counts[3 + k]!;
  return { gates, sent, clicks, matched, errors, ofLevel };
}

function counted(limit: string, what: string, count: number, trials: number, expected: number): Finding {
  return {
    limit,
    what: `${what}, ${trials} trials`,
    pValue: binomialTwoSided(count, trials, expected),
    observed: shown(count / trials),
    expected: shown(expected),
  };
}

/** A frame ends with a click, which is no chance: gates of the last frame's click and the click itself are left out. */
async function jitter(context: HonestyContext, path: Path): Promise<Finding> {
  const link: LinkParameters = { ...CLEAN, intensities: [4, 1, 0], intensityProbabilities: [1, 0, 0] };
  const seen = await totals(
    context,
    path,
    {
      name: "jitter",
      link,
      control: { type: "intensityJitter", relative: JITTER },
      happening: { event: "intensityJitter", relative: JITTER },
    },
    12,
  );
  const dark = LEVELS.reduce(
    (sum, level) => sum + Math.exp(-4 * EFFICIENCY * (1 + JITTER * level)) / LEVELS.length,
    0,
  );
  return counted("jitter", `${path}, clicks`, seen.ofLevel(seen.clicks, 0) - 1, seen.gates - 1, 1 - dark);
}

/**
 * The documented law of the jitter: a normal distribution in eight equally likely levels, each the mean of its eighth,
 * scaled to the exact variance.
 */
const LEVELS = (() => {
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const edges = [-9, -1.1503494, -0.6744898, -0.3186394, 0, 0.3186394, 0.6744898, 1.1503494, 9];
  const means = edges.slice(1).map((edge, i) => 8 * (density(edges[i]!) - density(edge)));
  const deviation = Math.sqrt(means.reduce((sum, mean) => sum + (mean * mean) / 8, 0));
  return means.map((mean) => mean / deviation);
})();

async function pattern(context: HonestyContext, path: Path): Promise<Finding[]> {
  const link: LinkParameters = {
    ...CLEAN,
    intensities: [2.2, 2, 1.8],
    intensityProbabilities: [1 / 3, 1 / 3, 1 / 3],
  };
  const { gate, code } = await userClicks(context, path, {
    name: "pattern",
    link,
    clicks: context.sized(path === "drivers" ? { fast: 2000, full: 20_000 } : { fast: 6000, full: 100_000 }),
    controls: [{ type: "patternEffect", relative: PATTERN }],
    happenings: [{ event: "patternEffect", relative: PATTERN }],
  });
  return PATTERN.map((change, k) => {
    let [behind, next] = [0, 0];
    for (let i = 0; i + 1 < gate.length; i++) {
      if (((code[i]! >>> 2) & 3) !== k) continue;
      behind++;
      if (gate[i + 1]! === gate[i]! + 1) next++;
    }
    const dark = link.intensities.reduce(
      (sum, mean) => sum + Math.exp(-mean * EFFICIENCY * (1 + change)) / 3,
      0,
    );
    return counted("pattern", `${path}, clicks behind ${"uvw"[k]!}`, next, behind, 1 - dark);
  });
}

async function preparation(context: HonestyContext, path: Path): Promise<Finding[]> {
  const { matched, errors } = await totals(
    context,
    path,
    {
      name: "preparation",
      link: { ...CLEAN, channelLossDb: 15 },
      control: { type: "preparation", radian: PREPARATION },
      happening: { event: "preparation", ...PREPARATION },
    },
    6,
  );
  return (["z", "x"] as const).map((basis, index) =>
    counted(
      "preparation",
      `${path}, errors in ${basis.toUpperCase()}`,
      errors[index]!,
      matched[index]!,
      Math.sin(PREPARATION[basis] / 2) ** 2 / 2,
    ),
  );
}

async function modulator(context: HonestyContext, path: Path): Promise<Finding[]> {
  const link: LinkParameters = {
    ...CLEAN,
    intensities: [1, 0.2, 0.02],
    intensityProbabilities: [0.2, 0.4, 0.4],
  };
  const seen = await totals(
    context,
    path,
    {
      name: "modulator",
      link,
      control: { type: "modulatorOffset", volt: OFFSET_V },
      happening: { event: "modulatorOffset", volt: OFFSET_V },
    },
    6,
  );
  // A tenth of the controller's 2 V at an electrode that takes 5 V from dark to bright.
  const turn = (Math.PI * OFFSET_V * 0.1) / (2 * 5);
  return [1, 2].map((k) => {
    const mean = Math.sin(Math.asin(Math.sqrt(link.intensities[k]!)) + turn) ** 2;
    return counted(
      "modulator",
      `${path}, gain of ${"uvw"[k]!}`,
      seen.ofLevel(seen.clicks, k),
      seen.ofLevel(seen.sent, k),
      1 - Math.exp(-mean * EFFICIENCY),
    );
  });
}
