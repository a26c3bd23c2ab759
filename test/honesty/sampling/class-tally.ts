import type { OpticsFrame } from "../../../emulator/index.ts";

/** Sums over frames. Arrays are indexed by Alice's basis * 3 + intensity. */
export class ClassTally {
  gates = 0;
  detections = 0;
  doubleClicks = 0;
  deadGates = 0;
  readonly fired: [number, number] = [0, 0];
  readonly sent = new Float64Array(6);
  /** Detections in Alice's basis, and the wrong bits among them. */
  readonly matched = new Float64Array(6);
  readonly errors = new Float64Array(6);
  /** Detections in the other basis, and those among them in which Bob's bit is Alice's. */
  readonly crossed = new Float64Array(6);
  readonly crossedEqual = new Float64Array(6);

  /** Counts a frame, 32 detections at a time. */
  add(frame: OpticsFrame): this {
    const { qtx, qrx, detections } = frame;
    this.gates += Number(frame.gateCount);
    this.detections += detections;
    this.doubleClicks += qrx.doubleClicks;
    this.deadGates += qrx.deadGates;
    this.fired[0] += qrx.clicksPerDetector[0];
    this.fired[1] += qrx.clicksPerDetector[1];
    for (let index = 0; index < 6; index++) this.sent[index]! += qtx.sent[index]!;
    const [basis, bit, low, high, bobBasis, bobBit] = [
      qtx.basis,
      qtx.bit,
      qtx.intensityLow,
      qtx.intensityHigh,
      qrx.basis,
      qrx.bit,
    ].map(wordsOf) as [Words, Words, Words, Words, Words, Words];
    for (let at = 0; at << 5 < detections; at++) {
      const left = detections - (at << 5);
      const present = left >= 32 ? -1 : (1 << left) - 1;
      const differ = bit[at]! ^ bobBit[at]!;
      const other = basis[at]! ^ bobBasis[at]!;
      for (let index = 0; index < 6; index++) {
        const k = index % 3;
        const level = k === 0 ? ~(low[at]! | high[at]!) : k === 1 ? low[at]! & ~high[at]! : high[at]!;
        const member = present & (index < 3 ? ~basis[at]! : basis[at]!) & level;
        if (member === 0) continue;
        this.matched[index]! += ones(member & ~other);
        this.errors[index]! += ones(member & ~other & differ);
        this.crossed[index]! += ones(member & other);
        this.crossedEqual[index]! += ones(member & other & ~differ);
      }
    }
    return this;
  }
}

type Words = Int32Array;

function wordsOf(plane: Uint8Array): Words {
  const words = new Int32Array((plane.length + 3) >>> 2);
  new Uint8Array(words.buffer).set(plane);
  return words;
}

function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
