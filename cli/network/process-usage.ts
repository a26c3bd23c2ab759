import { readFileSync } from "node:fs";

/** Clock ticks a second of the times in /proc; fixed on Linux for user space. */
const TICKS_PER_S = 100;

/** What processes have used together. */
export interface ProcessUsage {
  readonly cpuS: number;
  /** Proportional set size: what they share counts once. */
  readonly memoryMiB: number;
}

/** Reads processes from /proc; null where the system has none, or one of them is gone. */
export function processUsage(pids: readonly number[]): ProcessUsage | null {
  let ticks = 0;
  let memoryKiB = 0;
  try {
    for (const pid of pids) {
      // The command's name, in brackets, may hold blanks.
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
        .replace(/^.*\) /s, "")
        .split(" ");
      ticks += Number(stat[11]) + Number(stat[12]);
      const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1"));
      memoryKiB += Number(pss?.[1] ?? Number.NaN);
    }
  } catch {
    return null;
  }
  return { cpuS: ticks / TICKS_PER_S, memoryMiB: memoryKiB / 1024 };
}
