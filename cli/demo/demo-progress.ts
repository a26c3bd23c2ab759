import { ProgressLine } from "../progress-line.ts";
import type { BlockReportLine, DemoTally } from "./demo-tally.ts";

/** Live progress of a demo. */
export class DemoProgress {
  readonly #line: ProgressLine;

  constructor(out: NodeJS.WriteStream) {
    this.#line = new ProgressLine(out);
  }

  /** A line that stays. */
  say(text: string): void {
    this.#line.say(text);
  }

  /** The present state of the chain. */
  show(tally: DemoTally, elapsedS: number): void {
    const block = tally.lastBlock;
    const parts = [
      `${elapsedS.toFixed(0).padStart(4)} s`,
      `link time ${tally.linkSeconds.toFixed(1)} s`,
      block === undefined
        ? "first block under way"
        : `signal QBER ${percent(signalQber(block, 0))} (Z) ${percent(signalQber(block, 3))} (X)`,
      ...(block === undefined ? [] : [`f ${block.reconciliationEfficiency.toFixed(3)}`]),
      `secret ${(tally.secretBits / 1e6).toFixed(2)} Mbit`,
      `delivered ${tally.delivered}`,
    ];
    this.#line.show(parts.join("  |  "), elapsedS);
  }

  close(): void {
    this.#line.close();
  }
}

function signalQber({ counts }: BlockReportLine, index: number): number {
  return (counts.errors[index] ?? 0) / Math.max(1, counts.sifted[index] ?? 0);
}

function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`;
}
