import type { BlockReport, DistillationSettings } from "../../../controller/index.ts";
import { createKernels } from "../../../kernels/index.ts";
import { finiteKeyLength } from "../../../physics/index.ts";
import { DistillationRig } from "../../integration/distillation-rig.ts";
import { type DisclosedBits, disclosedBits } from "../sampling/disclosed-bits.ts";
import { engineFrames } from "../sampling/engine-frames.ts";
import { AUDIT_POINTS, type AuditPoint } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { exactly, type Finding, type HonestyTest } from "../suite/honesty-test.ts";

/** Two engines fed by the optics make equal keys, no longer than the counts and the bits on the wire allow. */
export const distilledKey: HonestyTest = {
  number: 16,
  title: "distilled key",
  catches: "keys that differ, keys longer than proved, disclosed bits that nobody counted",
  limits: {
    equal: { statistic: "keys and reports of both sites bit by bit", alpha: 0, checks: 2 },
    length: {
      statistic: "length of every key against the bound recomputed from logged counts; zero where it is zero",
      alpha: 0,
      checks: 2,
    },
    leak: {
      statistic:
        "disclosed bits of the report against the messages on the wire, to the padding of whole bytes",
      alpha: 0,
      checks: 2,
    },
    counts: { statistic: "logged detections and pulses sent against the frames", alpha: 0, checks: 2 },
  },
  async run(context) {
    const findings: Finding[] = [];
    for (const point of AUDIT_POINTS) findings.push(...(await distil(context, point)));
    return { findings };
  },
};

async function distil(context: HonestyContext, point: AuditPoint): Promise<Finding[]> {
  // A T12 block gives key only from several million bits on; small ones must give none.
  const blockBits = context.sized({ fast: 100_000, full: point.name === "T12" ? 20_000_000 : 1_500_000 });
  const settings: DistillationSettings = {
    link: point.link,
    blockBits,
    epsilonSecrecy: 1e-10,
    epsilonCorrectness: 1e-15,
    maxLeakFraction: 0.4,
    cohortBits: context.sized({ fast: 2 ** 16, full: 2 ** 20 }),
    cohortsInFlight: 8,
    authenticationBytes: 256,
  };
  const rig = new DistillationRig({
    kernels: await createKernels(),
    settings: { alice: settings, bob: settings },
    seed: `honesty ${context.seed} ${point.name}`,
  }).connect();
  const frames = engineFrames(context, point, context.sized({ fast: 2 ** 15, full: 2 ** 18 }));
  const offered: Offered[] = [];
  let report: BlockReport | undefined;
  for await (const { qtx, qrx } of frames) {
    offered.push({ detections: qtx.detections, sent: qtx.sent ?? [] });
    rig.frame({ qtx, qrx }).settle();
    report = rig.log.alice.blocks[0]?.report ?? rig.log.alice.aborted[0];
    if (report !== undefined) break;
    context.progress(`${point.name}: ${offered.length} frames, ${rig.wire.length} messages`);
  }
  return judge(point, rig, report!, offered.slice(0, report!.frames), settings);
}

/** What a frame adds to the counts of its block. */
interface Offered {
  readonly detections: number;
  readonly sent: readonly number[];
}

function judge(
  point: AuditPoint,
  rig: DistillationRig,
  report: BlockReport,
  frames: readonly Offered[],
  settings: DistillationSettings,
): Finding[] {
  const disclosed = disclosedBits(rig.wire, report.sequence);
  const keys = [rig.keys("alice"), rig.keys("bob")].map((map) => map.get(report.sequence) ?? "");
  const other = [...rig.log.bob.blocks.map((entry) => entry.report), ...rig.log.bob.aborted].find(
    ({ sequence }) => sequence === report.sequence,
  );
  const failures = rig.log.alice.failures.length + rig.log.bob.failures.length;
  const equal = keys[0] === keys[1] && JSON.stringify(plain(report)) === JSON.stringify(plain(other));
  const bound = boundOf(report, disclosed, point, settings);
  const bits =
    8 *
    (rig.log.alice.blocks.find(({ report: one }) => one.sequence === report.sequence)?.block.key.length ?? 0);
  const cascade = report.leakBits - disclosed.tags - disclosed.verdicts - disclosed.outright;
  const detections = frames.reduce((sum, frame) => sum + frame.detections, 0);
  const sent = [0, 1, 2, 3, 4, 5].map((i) => frames.reduce((sum, frame) => sum + frame.sent[i]!, 0));
  const counted =
    report.detections === detections && report.counts.sent.every((count, i) => count === sent[i]);
  return [
    exactly(
      "equal",
      `${point.name}, ${bits} key bits of ${report.siftedZ}${report.aborted === null ? "" : ` (${report.aborted})`}`,
      equal && failures === 0,
      equal ? "equal" : "different",
      "equal, no failures",
    ),
    exactly(
      "length",
      `${point.name}, f = ${report.reconciliationEfficiency.toFixed(3)}`,
      bits === report.secretBits && bits <= bound && (bits > 0 || bound < 512),
      `${bits} bits`,
      `at most ${bound}`,
    ),
    exactly(
      "leak",
      `${point.name}, ${disclosed.entries} parity entries, ${disclosed.tags} tag bits`,
      cascade <= disclosed.most && cascade >= disclosed.least && (cascade > 0 || report.aborted !== null),
      `${cascade} bits`,
      `${disclosed.least} to ${disclosed.most}`,
    ),
    exactly(
      "counts",
      `${point.name}, ${report.frames} frames`,
      counted,
      `${report.detections} detections`,
      `${detections}`,
    ),
  ];
}

/** JSON cannot hold the gates; nothing else is left out. */
function plain(report: BlockReport | undefined): object {
  return { ...report, gates: String(report?.gates) };
}

function boundOf(
  report: BlockReport,
  disclosed: DisclosedBits,
  { link }: AuditPoint,
  settings: DistillationSettings,
): number {
  const length = finiteKeyLength({
    ...link,
    counts: report.counts,
    leakBits: report.leakBits - disclosed.tags,
    verificationBits: disclosed.tags,
    epsilonSecrecy: settings.epsilonSecrecy,
    epsilonCorrectness: settings.epsilonCorrectness,
    candidateEnds: 1,
  });
  // With Alice's parities alone counted as leak, detections of vacuum pulses earn nothing.
  return Math.max(0, length.secretBits - Math.ceil(length.vacuumBits));
}
