import type { Figure } from "../figure.ts";
import type { ChainOutcome, ChainSample } from "./chain-run.ts";

const MIB = 2 ** 20;

/** Resident memory of all three processes: its peak, and its slope over the second half of the run. */
export function memoryFigures(bench: string, outcome: ChainOutcome): Figure[] {
  const { samples } = outcome;
  const peak = Math.max(...samples.map(total)) / MIB;
  const late = samples.slice(Math.floor(samples.length / 2));
  const last = late.at(-1)!;
  const { emulator, alice, bob } = last.residentBytes;
  return [
    {
      bench,
      what: "peak resident, all three processes",
      unit: "MiB",
      median: peak,
      spread: null,
      runs: 1,
      target: { bound: "most", value: 2150 },
      note: `at the end: emulator ${mib(emulator)}, Alice ${mib(alice)}, Bob ${mib(bob)}`,
    },
    {
      bench,
      what: "slope over the second half",
      unit: "MiB/min",
      median: slopePerMinute(late) / MIB,
      spread: null,
      runs: 1,
      note: `${last.wallS.toFixed(0)} s run`,
    },
  ];
}

function total({ residentBytes: { emulator, alice, bob } }: ChainSample): number {
  return emulator + alice + bob;
}

/** Least squares over time. */
function slopePerMinute(samples: readonly ChainSample[]): number {
  const n = samples.length;
  const meanX = samples.reduce((sum, { wallS }) => sum + wallS, 0) / n;
  const meanY = samples.reduce((sum, sample) => sum + total(sample), 0) / n;
  let [xy, xx] = [0, 0];
  for (const sample of samples) {
    xy += (sample.wallS - meanX) * (total(sample) - meanY);
    xx += (sample.wallS - meanX) ** 2;
  }
  return xx === 0 ? 0 : (60 * xy) / xx;
}

function mib(bytes: number): string {
  return `${Math.round(bytes / MIB)}`;
}
