import type { CheckedNetwork } from "../../emulator/index.ts";
import type { BlockReportLine } from "../demo/demo-tally.ts";
import type { ChildLine } from "../demo/json-child.ts";

/** Adds up the blocks of every link, as the node with its transmitter reports them. */
export class LinkRates {
  readonly #clockHz: number;
  readonly #tellers: ReadonlyMap<string, string>;
  readonly #sums = new Map<string, { secretBits: number; gates: number }>();

  constructor({ clockHz, links }: CheckedNetwork) {
    this.#clockHz = clockHz;
    this.#tellers = new Map(links.map(({ id, qtx }) => [id, qtx]));
  }

  heard(node: string, line: ChildLine): void {
    if (line.type !== "block" || this.#tellers.get(String(line.link)) !== node) return;
    const { aborted, secretBits, gates } = line.report as BlockReportLine;
    const sum = this.#sums.get(String(line.link)) ?? { secretBits: 0, gates: 0 };
    sum.gates += Number(gates);
    if (aborted === null) sum.secretBits += secretBits;
    this.#sums.set(String(line.link), sum);
  }

  get secretBits(): number {
    return [...this.#sums.values()].reduce((sum, { secretBits }) => sum + secretBits, 0);
  }

  /** Secret bits of finished blocks over the link time that all blocks cover, by link. */
  get bps(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.#sums].map(([id, { secretBits, gates }]) => [
        id,
        Math.round(secretBits / (gates / this.#clockHz)),
      ]),
    );
  }
}
