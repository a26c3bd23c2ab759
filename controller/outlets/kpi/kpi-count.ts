import type { AlarmGroup, AlarmLevel, KpiBin } from "../api/index.ts";
import type { Counted } from "./availability.ts";
import type { Second } from "./second.ts";

/** Sum and largest value of an error rate, weighted by sifted bits. */
interface RateSum {
  readonly weighted: number;
  readonly bits: number;
  readonly max: number;
}

/** What a bin has counted so far; it is kept as it is. */
export interface KpiCount {
  readonly startMs: number;
  readonly watchedS: number;
  readonly secretBits: number;
  readonly z: RateSum;
  readonly x: RateSum;
  readonly lossSum: number;
  readonly lossS: number;
  readonly uptimeS: number;
  readonly noKeyS: number;
  readonly qberOverS: number;
  readonly fallbackS: number;
  readonly es: number;
  readonly ses: number;
  readonly uas: number;
  readonly downS: Readonly<Record<string, number>>;
  readonly alarms: KpiBin["alarms"];
}

const NO_RATE: RateSum = { weighted: 0, bits: 0, max: 0 };

/** A bin that has counted nothing. */
export function emptyCount(startMs: number): KpiCount {
  return {
    startMs,
    watchedS: 0,
    secretBits: 0,
    z: NO_RATE,
    x: NO_RATE,
    lossSum: 0,
    lossS: 0,
    uptimeS: 0,
    noKeyS: 0,
    qberOverS: 0,
    fallbackS: 0,
    es: 0,
    ses: 0,
    uas: 0,
    downS: {},
    alarms: {},
  };
}

/** The bin with one more second, and what became known of earlier ones. */
export function addSecond(bin: KpiCount, second: Second, counted: Counted): KpiCount {
  const { down, lossDb, blocks } = second;
  return {
    startMs: bin.startMs,
    watchedS: bin.watchedS + 1,
    secretBits: bin.secretBits + blocks.reduce((sum, { secretBits }) => sum + secretBits, 0),
    z: blocks.reduce((sum, block) => addRate(sum, block.qberZ, block.siftedZ), bin.z),
    x: blocks.reduce((sum, block) => addRate(sum, block.qberX, block.siftedX), bin.x),
    lossSum: bin.lossSum + (lossDb ?? 0),
    lossS: bin.lossS + Number(lossDb !== null),
    uptimeS: bin.uptimeS + Number(down === null),
    noKeyS: bin.noKeyS + Number(second.noKey),
    qberOverS: bin.qberOverS + Number(second.qberOver),
    fallbackS: bin.fallbackS + Number(second.fallback),
    es: bin.es + counted.es,
    ses: bin.ses + counted.ses,
    uas: bin.uas + counted.uas,
    downS: down === null ? bin.downS : { ...bin.downS, [down]: (bin.downS[down] ?? 0) + 1 },
    alarms: addAlarms(bin.alarms, second.alarms),
  };
}

/** The bin as it is shown. */
export function binOf(count: KpiCount, lengthS: number): KpiBin {
  const { z, x, lossSum, lossS, ...same } = count;
  return {
    ...same,
    lengthS,
    skrBps: count.watchedS === 0 ? 0 : count.secretBits / count.watchedS,
    qberZ: meanAndMax(z),
    qberX: meanAndMax(x),
    lossDb: lossS === 0 ? null : lossSum / lossS,
  };
}

function addRate(sum: RateSum, rate: number, bits: number): RateSum {
  if (bits <= 0 || !Number.isFinite(rate)) return sum;
  return { weighted: sum.weighted + rate * bits, bits: sum.bits + bits, max: Math.max(sum.max, rate) };
}

function meanAndMax({ weighted, bits, max }: RateSum): KpiBin["qberZ"] {
  return bits === 0 ? { mean: null, max: null } : { mean: weighted / bits, max };
}

function addAlarms(sum: KpiBin["alarms"], now: Second["alarms"]): KpiBin["alarms"] {
  const present = Object.entries(now) as [AlarmGroup, AlarmLevel][];
  if (present.length === 0) return sum;
  const next = { ...sum };
  for (const [group, level] of present) {
    const before = next[group];
    next[group] = { s: (before?.s ?? 0) + 1, level: before?.level === "bad" ? "bad" : level };
  }
  return next;
}
