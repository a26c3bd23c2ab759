import { type Summary, summarise } from "./median.ts";

/** CPU seconds of this process so far, all threads. */
export function cpuSecondsSoFar(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/**
 * Rate of `work`, which does `amount` units: per CPU second, so that other programs on the machine disturb it less than
 * wall time. One run warms up; runs follow until `seconds` are over, at least three and at most `maxRuns`.
 */
export function ratePerCpuSecond(
  amount: number,
  work: () => void,
  { seconds, maxRuns = 25, minRuns = 3 }: { seconds: number; maxRuns?: number; minRuns?: number },
): Summary {
  work();
  const rates: number[] = [];
  const end = performance.now() + 1000 * seconds;
  while (rates.length < minRuns || (performance.now() < end && rates.length < maxRuns)) {
    const before = cpuSecondsSoFar();
    work();
    rates.push(amount / (cpuSecondsSoFar() - before));
  }
  return summarise(rates);
}

/** One run of plain code that is too slow to repeat, after a smaller one to warm up. */
export function singleRate(amount: number, work: () => void): number {
  const before = cpuSecondsSoFar();
  work();
  return amount / (cpuSecondsSoFar() - before);
}
