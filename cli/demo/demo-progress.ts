import { logLine } from "../log-line.ts";
import type { BlockReportLine, DemoTally } from "./demo-tally.ts";

/**
 * Live progress: one line rewritten in place on a terminal, elsewhere a plain line with the time of day every few seconds.
 */
export class DemoProgress {
  readonly #out: NodeJS.WriteStream;
  readonly #tty: boolean;
  #lastPlainMs = 0;
  #open = false;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#tty = out.isTTY === true;
  }

  /** A line that stays. */
  say(text: string): void {
    if (this.#open) this.#out.write("\r\x1b[K");
    this.#open = false;
    this.#out.write(`${text}\n`);
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
    const text = parts.join("  |  ");
    if (this.#tty) {
      // A line that reaches the last column goes on in a second row, which `\r` does not reach.
      this.#out.write(`\r\x1b[K${text.slice(0, (this.#out.columns || Number.POSITIVE_INFINITY) - 1)}`);
      this.#open = true;
    } else if (elapsedS * 1000 - this.#lastPlainMs >= 5000) {
      this.#lastPlainMs = elapsedS * 1000;
      this.#out.write(logLine(text.trimStart()));
    }
  }

  close(): void {
    if (this.#open) this.#out.write("\n");
    this.#open = false;
  }
}

function signalQber({ counts }: BlockReportLine, index: number): number {
  return (counts.errors[index] ?? 0) / Math.max(1, counts.sifted[index] ?? 0);
}

function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`;
}
