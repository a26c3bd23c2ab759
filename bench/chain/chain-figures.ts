import type { Figure, Target } from "../figure.ts";
import type { ChainOutcome, ChainSample, ProcessName } from "./chain-run.ts";
import { closedFormRateBps } from "./closed-form-rate.ts";

interface Span {
  readonly from: ChainSample;
  readonly to: ChainSample;
  readonly wallS: number;
  readonly linkS: number;
}

/** From the first finished block to the end: start-up does not count. */
export function settledSpan({ settled, samples }: ChainOutcome): Span {
  const from = settled[0] ?? samples[0]!;
  const to = samples.at(-1)!;
  return { from, to, wallS: to.wallS - from.wallS, linkS: to.linkS - from.linkS };
}

/** Link seconds processed per wall second. */
export function realTimeFactor(bench: string, outcome: ChainOutcome, target?: Target): Figure {
  const { settled } = outcome;
  const { linkS, wallS } = settledSpan(outcome);
  const steps = settled.slice(5).map((sample, i) => {
    const before = settled[i]!;
    return (sample.linkS - before.linkS) / (sample.wallS - before.wallS);
  });
  const slowest = steps.length === 0 ? "" : `, slowest 5 s ${Math.min(...steps).toFixed(2)}`;
  return {
    bench,
    what: "real-time factor",
    unit: "link s / s",
    median: linkS / wallS,
    spread: null,
    runs: 1,
    ...(target === undefined ? {} : { target }),
    note: `${wallS.toFixed(0)} s${slowest}${failuresOf(outcome)}`,
  };
}

/** Link seconds of finished blocks per wall second: what is held and under way does not count. */
export function finishedFactor(bench: string, outcome: ChainOutcome): Figure {
  const { from, to, wallS } = settledSpan(outcome);
  return {
    bench,
    what: "finished blocks",
    unit: "link s / s",
    median: (to.finishedS - from.finishedS) / wallS,
    spread: null,
    runs: 1,
  };
}

/** From a block's last signal to its key in the pool. */
export function keyLatency(bench: string, { summary, latenciesS }: ChainOutcome, target?: Target): Figure {
  const sorted = latenciesS.toSorted((a, b) => a - b);
  return {
    bench,
    what: "last signal to key in the pool",
    unit: "s",
    median: summary.keyLatencyS ?? Number.NaN,
    spread: null,
    runs: sorted.length,
    ...(target === undefined ? {} : { target }),
    note: `longest ${sorted.at(-1)?.toFixed(2) ?? "-"}`,
  };
}

export function droppedFrames(bench: string, { droppedFrames }: ChainOutcome): Figure {
  return {
    bench,
    what: "dropped frames",
    unit: "frames",
    median: droppedFrames,
    spread: null,
    runs: 1,
    target: { bound: "most", value: 0 },
  };
}

/** Secret key of finished blocks over the link time that they cover, and its share of the closed form. */
export function keyRate(
  bench: string,
  { summary }: ChainOutcome,
  link: { readonly lossDb: number; readonly blockBits: number },
  target?: Target,
): Figure[] {
  const rate = summary.secretKeyRateBps / 1e6;
  const f = summary.reconciliationEfficiency;
  const closed = closedFormRateBps(link) / 1e6;
  return [
    {
      bench,
      what: "secret key",
      unit: "Mb/s of link time",
      median: rate,
      spread: null,
      runs: 1,
      ...(target === undefined ? {} : { target }),
      note: `${summary.blocks} blocks, QBER ${(100 * (summary.qber.z ?? 0)).toFixed(2)} %, f ${f?.toFixed(4) ?? "-"}`,
    },
    {
      bench,
      what: "share of the closed form",
      unit: "%",
      median: (100 * rate) / closed,
      spread: null,
      runs: 1,
      // Of vacuum detections nothing can be proved here: 94.8 % is what the proof leaves at f = 1.044.
      ...(link.blockBits < 1e8 ? {} : { target: { bound: "least", value: 94.7 } as const }),
      note: `closed form ${closed.toFixed(2)} Mb/s at f = 1.05, one end, vacuum detections counted`,
    },
  ];
}

/** CPU seconds of one process for each second of the link. */
export function cpuFigure(bench: string, name: ProcessName, outcome: ChainOutcome, target?: Target): Figure {
  const { from, to, linkS } = settledSpan(outcome);
  return {
    bench,
    what: `${LABEL[name]}, whole process`,
    unit: "CPU s / link s",
    spread: null,
    runs: 1,
    median: (to.cpuS[name] - from.cpuS[name]) / linkS,
    ...(target === undefined ? {} : { target }),
    note: `over ${linkS.toFixed(0)} link s`,
  };
}

/** Processor time of all three processes as a share of two cores. */
export function coreShare(bench: string, outcome: ChainOutcome, target: Target): Figure {
  const { from, to, wallS } = settledSpan(outcome);
  const shares = (["emulator", "alice", "bob"] as const).map(
    (name) => (100 * (to.cpuS[name] - from.cpuS[name])) / (2 * wallS),
  );
  return {
    bench,
    what: "processor share, all three processes",
    unit: "% of two cores",
    spread: null,
    runs: 1,
    median: shares.reduce((sum, share) => sum + share, 0),
    target,
    note: `emulator, Alice, Bob: ${shares.map((share) => share.toFixed(1)).join(", ")}`,
  };
}

export function failuresOf({ failures }: ChainOutcome): string {
  return failures.length === 0 ? "" : `; ${failures.length} FAILURES, first: ${failures[0]}`;
}

const LABEL: Record<ProcessName, string> = {
  emulator: "emulator",
  alice: "Alice's site",
  bob: "Bob's site",
};
