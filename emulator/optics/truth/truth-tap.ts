import { ConfigError } from "../../../errors/index.ts";
import { BATCH, FLAG_JITTER, FLAG_PREVIOUS, FLAGS_AT, ROWS_AT } from "../../../kernels/index.ts";
import type { OpticsConditions } from "../conditions.ts";
import { meanPhotons } from "../effects/source.ts";
import { counterUniform } from "../random/counter-uniform.ts";
import { xoshiroStep } from "../random/xoshiro.ts";
import type { SamplerTables } from "../sampler/build-tables.ts";
import type { GateWitness } from "../sampler/gate-witness.ts";
import { aliceJitter, aliceSettings, bobSettings, eveBasis } from "../sampler/settings.ts";
import type { SplitEvents } from "../sampler/split-events.ts";
import type { StreamSeeds } from "../sampler/stream-keys.ts";
import { CAUSE, type FrameTruth, type GateTruth } from "./frame-truth.ts";

/** Writes down what the sampler decides, without drawing anything from its streams. */
export class TruthTap implements GateWitness {
  readonly #seeds: StreamSeeds;
  /** Completes words that the sampler drew in part. */
  readonly #stream: Uint32Array;
  #tables: SamplerTables | undefined;
  #windowStart = 0n;
  #gates: GateTruth[] = [];
  readonly #photoelectrons = new Uint8Array(BATCH);
  readonly #causes = [new Uint8Array(BATCH), new Uint8Array(BATCH)] as const;

  constructor(seeds: StreamSeeds) {
    this.#seeds = seeds;
    this.#stream = seeds.truth.slice(4);
  }

  load(tables: SamplerTables): void {
    this.#tables = tables;
  }

  enterWindow(start: bigint): void {
    this.#windowStart = start;
  }

  beginFrame(): void {
    this.#gates = [];
  }

  batchStarts(): void {
    this.#photoelectrons.fill(0);
    this.#causes[0].fill(0);
    this.#causes[1].fill(0);
  }

  event(candidate: number, row: number, drawn: number, bits: 8 | 32): void {
    const word = bits === 32 ? drawn : drawn + (xoshiroStep(this.#stream) >>> 8);
    const { words, highestMean, background, rowMeans } = this.#tables!;
    const toZero = words[ROWS_AT + 2 * row]!;
    if (word >= words[ROWS_AT + 2 * row + 1]!) return;
    const detector = word < toZero ? 0 : 1;
    const mean = ((word - (detector === 0 ? 0 : toZero)) / 2 ** 32) * highestMean;
    const photo = rowMeans(row).photo[detector];
    if (mean < photo) this.#photoelectrons[candidate]!++;
    const cause =
      mean < photo ? CAUSE.photon : mean < photo + background.dark[detector] ? CAUSE.dark : CAUSE.noise;
    this.#causes[detector][candidate]! |= cause;
  }

  split(candidate: number, { photoelectrons, others }: SplitEvents): void {
    this.#photoelectrons[candidate] = photoelectrons[0] + photoelectrons[1];
    for (const detector of [0, 1] as const) {
      const photon = photoelectrons[detector] > 0 ? CAUSE.photon : 0;
      // The tables of this attack do not tell dark counts from noise photons.
      const other = (others & (0x40 << detector)) === 0 ? 0 : CAUSE.dark | CAUSE.noise;
      this.#causes[detector][candidate] = photon | other;
    }
  }

  gate(offset: number, candidate: number, released: number, live: number, clicks: number): void {
    const gate = this.#windowStart + BigInt(offset);
    const alice = this.#alice(gate);
    const afterpulse = (mask: number) => ((released & mask) === 0 ? 0 : CAUSE.afterpulse);
    this.#gates.push({
      gate,
      basis: alice & 1,
      bit: (alice >>> 1) & 1,
      intensity: (alice >>> 2) & 3,
      bobBasis: (bobSettings(this.#tables!.words, ...split(gate)) >>> 4) & 1,
      eveBasis: eveBasis(this.#tables!.words, ...split(gate)),
      photoelectrons: candidate < 0 ? 0 : this.#photoelectrons[candidate]!,
      causes: [
        afterpulse(0x40) | (candidate < 0 ? 0 : this.#causes[0][candidate]!),
        afterpulse(0x80) | (candidate < 0 ? 0 : this.#causes[1][candidate]!),
      ],
      live: [(live & 0x40) !== 0, (live & 0x80) !== 0],
      clicked: [(clicks & 0x40) !== 0, (clicks & 0x80) !== 0],
    });
  }

  endFrame(conditions: OpticsConditions): FrameTruth {
    const gates = this.#gates;
    const electrons = new Map(gates.map((truth) => [truth.gate, truth.photoelectrons]));
    return {
      conditions,
      gates,
      emitted: (gate) => {
        if (conditions.splitFraction > 0)
          throw new ConfigError(
            "QKD_CONFIG_INVALID",
            "emitted photons are not followed through photon splitting",
          );
        const alice = this.#alice(gate);
        return {
          basis: alice & 1,
          bit: (alice >>> 1) & 1,
          intensity: (alice >>> 2) & 3,
          photons: (electrons.get(gate) ?? 0) + this.#lostPhotons(gate, conditions),
        };
      },
    };
  }

  /** Photons of a gate that freed no electron: Poisson, independent of those that did. */
  #lostPhotons(gate: bigint, conditions: OpticsConditions): number {
    const { words, rowMeans } = this.#tables!;
    const alice = this.#alice(gate);
    const flags = words[FLAGS_AT]!;
    const before = (flags & FLAG_PREVIOUS) !== 0 ? (this.#alice(gate - 1n) >>> 2) & 3 : 0;
    const jitter = (flags & FLAG_JITTER) !== 0 ? aliceJitter(words, ...split(gate)) : 0;
    const bob = bobSettings(words, ...split(gate)) & 0x10;
    const { photo } = rowMeans((alice & 0xf) | bob | (before << 5) | (jitter << 7));
    const emitted = meanPhotons(conditions, (alice >>> 2) & 3, before, jitter);
    const uniform = counterUniform(this.#seeds.truth, gate);
    const silence = Math.exp(-(emitted - photo[0] - photo[1]));
    let number = 0;
    for (let product = uniform(); product > silence; product *= uniform()) number++;
    return number;
  }

  #alice(gate: bigint): number {
    return aliceSettings(this.#tables!.words, ...split(gate));
  }
}

function split(gate: bigint): [low: number, high: number] {
  return [Number(gate & 0xffffffffn), Number((gate >> 32n) & 0xffffffffn)];
}
