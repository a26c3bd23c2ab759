import { ConfigError } from "../../../errors/index.ts";
import {
  BLIND_GATES_AT,
  type EventSampler,
  FLAG_PREVIOUS,
  FLAG_SEPARATE_BLIND,
  FLAGS_AT,
  SAMPLER_PLANES,
  type SampledFrame,
} from "../../../kernels/index.ts";
import { bitPlanes } from "../frame/bit-planes.ts";
import { countDetections } from "../frame/count-detections.ts";
import { Afterpulses } from "./afterpulses.ts";
import { CandidateBatch } from "./candidates.ts";
import type { GateWitness } from "./gate-witness.ts";
import { aliceSettings, bobSettings } from "./settings.ts";

const CLICK_ZERO = 0x40;
const CLICK_ONE = 0x80;
/** A frame spans at most 2^34 gates. */
const MAX_GAP_BYTES = 5;

/** The event sampler in plain TypeScript: the definition that the kernel must match bit by bit. */
export class ReferenceSampler implements EventSampler {
  position = 0;
  #tables = new Uint32Array();
  #windowHigh = 0;
  #windowLow = 0;
  readonly #batch: CandidateBatch;
  readonly #afterpulses: Afterpulses;
  readonly #witness: GateWitness | undefined;
  #cursor = 0;
  /** Where the next batch begins; Infinity once the window is exhausted. */
  #origin = 0;
  /** Last blind gate of each detector. */
  readonly #blindUntil: [number, number] = [-1, -1];

  #limit = 0;
  #codes = new Uint8Array();
  #gapBytes = new Uint8Array();
  #gapLength = 0;
  #detections = 0;
  readonly #seen = new Float64Array(6);
  #lastSeen = -1;
  #blindGates = 0;
  #frameStart = 0;
  #lastDetection = -1;

  constructor(seed: Uint32Array, witness?: GateWitness) {
    this.#witness = witness;
    this.#batch = new CandidateBatch(seed, witness);
    this.#afterpulses = new Afterpulses(seed);
  }

  load(tables: Uint32Array): void {
    this.#tables = tables.slice();
    this.#afterpulses.load(this.#tables);
    this.#batch.load(this.#tables);
    this.#restart();
  }

  enterWindow(high: number, low: number, shift: number): void {
    this.#windowHigh = high;
    this.#windowLow = low;
    this.position -= shift;
    this.#frameStart -= shift;
    this.#lastDetection -= shift;
    this.#lastSeen -= shift;
    this.#blindUntil[0] = Math.max(-1, this.#blindUntil[0] - shift);
    this.#blindUntil[1] = Math.max(-1, this.#blindUntil[1] - shift);
    this.#afterpulses.shift(shift);
    this.#restart();
  }

  /** Forgets candidates drawn ahead: the process has no memory, so it may begin anew at any gate. */
  #restart(): void {
    this.#batch.count = 0;
    this.#cursor = 0;
    this.#origin = this.position;
  }

  beginFrame(maxDetections: number): void {
    this.#limit = maxDetections;
    if (this.#codes.length < maxDetections) {
      this.#codes = new Uint8Array(maxDetections);
      this.#gapBytes = new Uint8Array(maxDetections * MAX_GAP_BYTES);
    }
    this.#gapLength = 0;
    this.#detections = 0;
    this.#seen.fill(0);
    this.#lastSeen = this.position - 1;
    this.#blindGates = this.#blindAhead();
    this.#frameStart = this.position;
    this.#lastDetection = this.position;
  }

  run(until: number): boolean {
    while (this.#detections < this.#limit) {
      if (this.#cursor === this.#batch.count && this.#origin < until) this.#refill();
      const candidate =
        this.#cursor < this.#batch.count ? this.#batch.offset[this.#cursor]! : Number.POSITIVE_INFINITY;
      const gate = Math.min(candidate, this.#afterpulses.nextOffset);
      if (gate >= until) {
        this.position = until;
        return false;
      }
      this.#gate(gate, candidate === gate);
      this.position = gate + 1;
      if (this.#afterpulses.overflowed)
        throw new ConfigError("QKD_PHYSICS_OVERFLOW", "more trapped carriers wait than the sampler can hold");
    }
    return true;
  }

  #refill(): void {
    this.#batch.fill(this.#tables, this.#origin, this.#windowLow, this.#windowHigh);
    this.#cursor = 0;
    this.#origin =
      this.#batch.count === this.#batch.offset.length
        ? this.#batch.offset[this.#batch.count - 1]! + 1
        : Number.POSITIVE_INFINITY;
  }

  #gate(gate: number, isCandidate: boolean): void {
    let released = 0;
    while (this.#afterpulses.nextOffset === gate)
      released |= this.#afterpulses.release() === 0 ? CLICK_ZERO : CLICK_ONE;
    let code = released;
    if (isCandidate) {
      const candidate = this.#cursor++;
      code |= this.#batch.code[candidate]!;
      this.#see(gate, code, candidate);
    }
    let live = 0;
    if (gate > this.#blindUntil[0]) live |= CLICK_ZERO;
    if (gate > this.#blindUntil[1]) live |= CLICK_ONE;
    const clicks = code & live & 0xc0;
    this.#witness?.gate(gate, isCandidate ? this.#cursor - 1 : -1, released, live, clicks);
    if (clicks === 0) return;
    if (!isCandidate) {
      const gateLow = (this.#windowLow + gate) >>> 0;
      code |= aliceSettings(this.#tables, gateLow, this.#windowHigh);
      code |= bobSettings(this.#tables, gateLow, this.#windowHigh);
      this.#see(gate, code, -1);
    }
    if ((clicks & CLICK_ZERO) !== 0) this.#afterpulses.avalanche(this.#tables, gate, 0);
    if ((clicks & CLICK_ONE) !== 0) this.#afterpulses.avalanche(this.#tables, gate, 1);
    this.#blind(gate, clicks);
    this.#record(gate, (code & 0x3f) | clicks);
  }

  /** Counts the settings of gates that were looked at, each once. */
  #see(gate: number, code: number, candidate: number): void {
    const count = (settings: number) => this.#seen[(settings & 1) * 3 + ((settings >>> 2) & 3)]!++;
    if (candidate >= 0 && (this.#tables[FLAGS_AT]! & FLAG_PREVIOUS) !== 0 && gate - 1 > this.#lastSeen)
      count(this.#batch.previous[candidate]!);
    count(code);
    this.#lastSeen = gate;
  }

  #blind(gate: number, clicks: number): void {
    const separate = (this.#tables[FLAGS_AT]! & FLAG_SEPARATE_BLIND) !== 0;
    const until = gate + this.#tables[BLIND_GATES_AT]!;
    this.#blindGates += until - Math.max(gate, this.#blindUntil[0], this.#blindUntil[1]);
    if (!separate || (clicks & CLICK_ZERO) !== 0) this.#blindUntil[0] = until;
    if (!separate || (clicks & CLICK_ONE) !== 0) this.#blindUntil[1] = until;
  }

  #blindAhead(): number {
    return Math.max(0, Math.max(this.#blindUntil[0], this.#blindUntil[1]) - (this.position - 1));
  }

  #record(gate: number, code: number): void {
    const bit = (code & 0xc0) === 0xc0 ? (code >>> 5) & 1 : code >>> 7;
    this.#codes[this.#detections++] = (code & 0xdf) | (bit << 5);
    let gap = gate - this.#lastDetection;
    while (gap >= 128) {
      this.#gapBytes[this.#gapLength++] = (gap % 128) | 128;
      gap = Math.floor(gap / 128);
    }
    this.#gapBytes[this.#gapLength++] = gap;
    this.#lastDetection = gate;
  }

  endFrame(place?: Uint8Array): SampledFrame {
    const codes = this.#codes.subarray(0, this.#detections);
    const clicksOf = (mask: number) => codes.reduce((sum, code) => sum + ((code & mask) === 0 ? 0 : 1), 0);
    return {
      detections: this.#detections,
      planes: bitPlanes(codes, SAMPLER_PLANES, place),
      counts: countDetections(codes),
      clicks: [clicksOf(CLICK_ZERO), clicksOf(CLICK_ONE)],
      gapBytes: this.#gapBytes.subarray(0, this.#gapLength),
      seen: this.#seen.slice(),
      blindGates: this.#blindGates - this.#blindAhead(),
      gates: this.position - this.#frameStart,
    };
  }
}
