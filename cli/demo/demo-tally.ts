import type { BlockReport } from "../../controller/index.ts";
import type { ChildLine } from "./json-child.ts";

/** A block report as it crosses a process boundary: gate counts are decimal strings. */
export type BlockReportLine = Omit<BlockReport, "gates"> & { readonly gates: string };

/** The one JSON line that a bounded run ends with. */
export interface DemoSummary {
  readonly durationS: number;
  readonly link: { readonly clockHz: number; readonly lossDb: number; readonly preset: string };
  readonly rawDetections: number;
  readonly siftedBits: number;
  readonly qber: { readonly z: number | null; readonly x: number | null };
  readonly reconciliationEfficiency: number | null;
  readonly secretBits: number;
  readonly secretKeyRateBps: number;
  readonly realTimeFactor: number;
  readonly deliveredKeys: number;
  readonly deliveredIdentical: boolean;
  readonly fallbackEvents: number;
  readonly epsilon: number;
  readonly blocks: number;
  readonly droppedFrames: number;
  /** Median of the time from a block's last signal to its key in the pool; null before the first. */
  readonly keyLatencyS: number | null;
}

/** Adds up what the receiver's site reports; every figure is counted, none computed from a model. */
export class DemoTally {
  readonly #clockHz: number;
  #gates = 0;
  #detections = 0;
  #sifted = 0;
  #blocks: BlockReportLine[] = [];
  readonly #latenciesS: number[] = [];
  #fallbacks = 0;
  #dropped = 0;
  delivered = 0;
  mismatches = 0;

  constructor(clockHz: number) {
    this.#clockHz = clockHz;
  }

  take(line: ChildLine): void {
    if (line.type === "block") this.#blocks.push(line.report as BlockReportLine);
    else if (line.type === "keysAdded") this.#available(String(line.blockId), Number(line.atMs));
    else if (line.type === "progress") {
      this.#gates = Number(line.gates);
      this.#detections = Number(line.detections);
      this.#sifted = Number(line.siftedBits);
      this.#dropped = Number(line.droppedFrames);
    } else if (line.type === "fallbackEngaged") this.#fallbacks += 1;
  }

  /** Seconds from the last signal of each finished block to its key in the pool, oldest first. */
  get latenciesS(): readonly number[] {
    return this.#latenciesS;
  }

  /** Seconds of the link's own time that finished blocks cover. */
  get finishedSeconds(): number {
    return this.#finished.reduce((sum, block) => sum + Number(block.gates), 0) / this.#clockHz;
  }

  /** Seconds of the link's own time whose detections Bob's site received. */
  get linkSeconds(): number {
    return this.#gates / this.#clockHz;
  }

  /** Frames that never reached Bob's site. */
  get droppedFrames(): number {
    return this.#dropped;
  }

  get lastBlock(): BlockReportLine | undefined {
    return this.#blocks.at(-1);
  }

  get secretBits(): number {
    return this.#finished.reduce((sum, block) => sum + block.secretBits, 0);
  }

  summary(
    link: { readonly clockHz: number; readonly lossDb: number; readonly preset: string },
    durationS: number,
  ): DemoSummary {
    const blocks = this.#finished;
    const coveredS = this.finishedSeconds;
    const sum = (value: (block: BlockReportLine) => number) =>
      blocks.reduce((total, b) => total + value(b), 0);
    const mean = (value: (b: BlockReportLine) => number, weight: (b: BlockReportLine) => number) => {
      const total = sum(weight);
      return total === 0 ? null : sum((b) => value(b) * weight(b)) / total;
    };
    return {
      durationS: round(durationS, 3),
      link,
      rawDetections: this.#detections,
      siftedBits: this.#sifted,
      qber: { z: this.#signalQber(0), x: this.#signalQber(3) },
      reconciliationEfficiency: mean(
        (b) => b.reconciliationEfficiency,
        (b) => b.siftedZ,
      ),
      secretBits: this.secretBits,
      secretKeyRateBps: coveredS === 0 ? 0 : Math.round(this.secretBits / coveredS),
      realTimeFactor: round(this.linkSeconds / durationS, 4),
      deliveredKeys: this.delivered,
      deliveredIdentical: this.delivered > 0 && this.mismatches === 0,
      fallbackEvents: this.#fallbacks,
      epsilon: sum((b) => b.epsilon.secrecy + b.epsilon.correctness + b.epsilon.authentication),
      blocks: blocks.length,
      droppedFrames: this.#dropped,
      keyLatencyS: median(this.#latenciesS),
    };
  }

  #available(blockId: string, atMs: number): void {
    const block = this.#blocks.find((report) => report.blockId === blockId);
    if (block !== undefined) this.#latenciesS.push((atMs - block.collectedAtMs) / 1000);
  }

  /** Error rate of the signal pulses, the figure that the field calls QBER; `index` 0 for Z, 3 for X. */
  #signalQber(index: number): number | null {
    const total = (what: "errors" | "sifted") =>
      this.#finished.reduce((sum, block) => sum + (block.counts[what][index] ?? 0), 0);
    const sifted = total("sifted");
    return sifted === 0 ? null : total("errors") / sifted;
  }

  get #finished(): readonly BlockReportLine[] {
    return this.#blocks.filter((block) => block.aborted === null);
  }
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
