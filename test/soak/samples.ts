import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Series } from "./judgement.ts";

/** What a probe wrote; memory in bytes, the last four of the main thread alone. */
interface Sample {
  readonly pid: number;
  readonly thread: number;
  readonly atMs: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  readonly rss?: number;
  readonly timers?: number;
  readonly handles?: number;
  readonly fds?: number;
}

const MIB = 2 ** 20;
const READ = {
  heap: (sample: Sample) => sample.heapUsed / MIB,
  external: (sample: Sample) => sample.external / MIB,
} as const;
const OF_PROCESS = {
  rss: (sample: Sample) => (sample.rss ?? 0) / MIB,
  handles: (sample: Sample) => sample.handles ?? 0,
  timers: (sample: Sample) => sample.timers ?? 0,
  fds: (sample: Sample) => sample.fds ?? 0,
} as const;

/** The series of all processes that have a name, each from `startedMs` on; those of threads are told by their number. */
export function readSeries(file: string, names: ReadonlyMap<number, string>, startedMs: number): Series[] {
  const files = readdirSync(dirname(file)).filter((name) => name.startsWith(`${basename(file)}.`));
  return files.toSorted().flatMap((name) => {
    const lines = readFileSync(join(dirname(file), name), "utf8").split("\n");
    const samples = lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as Sample);
    const [first] = samples;
    const process = first === undefined ? undefined : names.get(first.pid);
    if (first === undefined || process === undefined) return [];
    const main = first.rss !== undefined;
    const owner = main ? process : `${process} thread ${first.thread}`;
    const series = (read: Readonly<Record<string, (sample: Sample) => number>>): Series[] =>
      Object.entries(read).map(([what, of]) => ({
        name: `${owner} ${what}`,
        unit: what === "handles" || what === "timers" || what === "fds" ? "" : "MiB",
        points: samples
          .filter(({ atMs }) => atMs >= startedMs)
          .map((sample) => ({ atS: (sample.atMs - startedMs) / 1000, value: of(sample) })),
      }));
    return [...(main ? series(OF_PROCESS) : []), ...series(READ)];
  });
}
