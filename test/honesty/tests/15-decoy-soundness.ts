import type { OpticsFrame } from "../../../emulator/index.ts";
import {
  exactly as exactInterval,
  finiteKeyLength,
  LINK_PRESETS,
  type LinkParameters,
  perIntensity,
  photonNumberYield,
  predictLink,
  singlePhotonBounds,
} from "../../../physics/index.ts";
import { binomialAtLeast } from "../statistics/count-tests.ts";
import { AUDIT_POINTS, type AuditPoint } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { exactly, type Finding, type HonestyTest } from "../suite/honesty-test.ts";

/**
 * Secrecy of 1/2 lets all limits of a block fail with probability (1/8)^2: loose enough for small blocks to say
 * something, and for a bound that is too narrow to be caught.
 */
const LOOSE = 0.5;
const LOOSE_FAILURE = (LOOSE / 4) ** 2;
const STRICT = 1e-10;

/** What the decoy bounds promise about single photons is true of the photons that were really there. */
export const decoySoundness: HonestyTest = {
  number: 15,
  title: "decoy bounds against the truth",
  catches: "over-claimed key: bounds above the true number of single photons or below their true error rate",
  limits: {
    blocks: {
      statistic:
        "blocks in which a bound at epsilon 1/2 is broken, against the 1.6 % that this epsilon grants, binomial",
      alpha: 1e-3 / 2,
      checks: 2,
    },
    strict: { statistic: "blocks in which a bound at epsilon 1e-10 is broken", alpha: 0, checks: 2 },
    asymptotic: {
      statistic: "Y1 and e1 of the closed form inside the asymptotic bounds, each preset at 0 to 15 dB",
      alpha: 0,
      checks: Object.keys(LINK_PRESETS).length,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    for (const point of AUDIT_POINTS) findings.push(...(await blocksOf(context, point)));
    for (const [name, { link }] of Object.entries(LINK_PRESETS)) findings.push(asymptotic(name, link));
    return { findings };
  },
};

/** Counts of a block with what the tap of truth knows of its key-basis detections. */
interface TrueBlock {
  readonly sent: number[];
  readonly sifted: number[];
  readonly errors: number[];
  vacuum: number;
  single: number;
}

async function blocksOf(context: HonestyContext, point: AuditPoint): Promise<Finding[]> {
  const { link, name } = point;
  const detections = context.sized({ fast: 10_000, full: name === "T12" ? 100_000 : 30_000 });
  const blocks = context.sized({ fast: 3, full: name === "T12" ? 20 : 60 });
  const prediction = predictLink(link);
  const single = photonNumberYield(link, 1, "x", prediction);
  const phaseError = single.errorYield / single.yield;
  const optics = await context.openOptics({ link, seed: context.seedFor(`decoy ${name}`), truth: true });
  const broken = { loose: 0, strict: 0 };
  let claimed = 0;
  let present = 0;
  for (let block = 0; block < blocks; block++) {
    const truth = trueBlock(optics.nextFrame({ maxDetections: detections, maxGates: 2n ** 33n }));
    present += truth.single;
    for (const [level, epsilonSecrecy] of [
      ["loose", LOOSE],
      ["strict", STRICT],
    ] as const) {
      const bound = finiteKeyLength({
        counts: truth,
        ...link,
        leakBits: 0,
        epsilonSecrecy,
        epsilonCorrectness: 0.01,
        candidateEnds: 1,
      });
      const false1 = bound.vacuumBits > truth.vacuum || bound.singlePhotonBits > truth.single;
      if (false1 || bound.phaseErrorRate < phaseError) broken[level]++;
      if (level === "loose") claimed += bound.singlePhotonBits;
    }
    context.progress(`${name}: block ${block + 1} of ${blocks}`);
  }
  const what = `${name}, ${blocks} blocks of ${detections} detections, ${Math.round((100 * claimed) / present)} % of the single photons claimed`;
  return [
    {
      limit: "blocks",
      what,
      pValue: binomialAtLeast(broken.loose, blocks, LOOSE_FAILURE),
      observed: `${broken.loose} broken`,
      expected: `at most about ${(blocks * LOOSE_FAILURE).toFixed(1)}`,
    },
    exactly("strict", `${name}, ${blocks} blocks`, broken.strict === 0, `${broken.strict} broken`, "none"),
  ];
}

function trueBlock({
  qtx,
  qrx,
  truth,
}: OpticsFrame & { readonly truth?: import("../../../emulator/index.ts").FrameTruth }): TrueBlock {
  const block: TrueBlock = {
    sent: [...qtx.sent],
    sifted: [0, 0, 0, 0, 0, 0],
    errors: [0, 0, 0, 0, 0, 0],
    vacuum: 0,
    single: 0,
  };
  let detection = 0;
  for (const gate of truth!.gates) {
    if (!gate.clicked[0] && !gate.clicked[1]) continue;
    const bobBit = (qrx.bit[detection >>> 3]! >>> (detection & 7)) & 1;
    detection++;
    if (gate.basis !== gate.bobBasis) continue;
    const index = gate.basis * 3 + gate.intensity;
    block.sifted[index]!++;
    if (bobBit !== gate.bit) block.errors[index]!++;
    if (gate.basis !== 0) continue;
    const { photons } = truth!.emitted(gate.gate);
    if (photons === 0) block.vacuum++;
    if (photons === 1) block.single++;
  }
  return block;
}

function asymptotic(name: string, preset: LinkParameters): Finding {
  const broken: string[] = [];
  for (const channelLossDb of [0, 5, 10, 15]) {
    const link = { ...preset, channelLossDb };
    const prediction = predictLink(link);
    for (const basis of ["z", "x"] as const) {
      const { gains, qberPerIntensity } = prediction;
      const rates = qberPerIntensity[basis];
      const bounds = singlePhotonBounds(
        link.intensities,
        perIntensity((k) => exactInterval(gains[k])),
        perIntensity((k) => exactInterval(gains[k] * rates[k])),
        "best",
      );
      const truth = photonNumberYield(link, 1, basis, prediction);
      const rounding = 1e-9;
      if (bounds.singleYield > truth.yield * (1 + rounding))
        broken.push(`Y1 ${basis} at ${channelLossDb} dB`);
      if (bounds.singleErrorRate < (truth.errorYield / truth.yield) * (1 - rounding))
        broken.push(`e1 ${basis} at ${channelLossDb} dB`);
    }
  }
  return exactly("asymptotic", name, broken.length === 0, broken.join(", ") || "inside", "inside");
}
