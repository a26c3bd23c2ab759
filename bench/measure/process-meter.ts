import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second of the times in /proc; fixed on Linux for user space. */
const TICKS_PER_S = 100;
const PAGE_BYTES = 4096;

/** What the kernel says of a process. */
export interface ProcessReading {
  /** Processor time of all threads, user and system. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Reads a running process from /proc (Linux); null when it is gone. */
export function readProcess(pid: number): ProcessReading | null {
  try {
    const fields = afterName(readFileSync(`/proc/${pid}/stat`, "utf8"));
    const resident = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return { cpuSeconds: ticksOf(fields) / TICKS_PER_S, residentBytes: resident * PAGE_BYTES };
  } catch {
    return null;
  }
}

/** CPU seconds by thread id, to find the thread that limits a process. */
export function readThreads(pid: number): Map<number, number> {
  const threads = new Map<number, number>();
  try {
    for (const tid of readdirSync(`/proc/${pid}/task`))
      threads.set(
        Number(tid),
        ticksOf(afterName(readFileSync(`/proc/${pid}/task/${tid}/stat`, "utf8"))) / TICKS_PER_S,
      );
  } catch {}
  return threads;
}

/** Fields from the process state on: the name before them may hold blanks. */
function afterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function ticksOf(fields: readonly string[]): number {
  return Number(fields[11]) + Number(fields[12]);
}
