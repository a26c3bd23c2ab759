import type { OpticsFrame } from "../../emulator/index.ts";

/** Sums over frames. Arrays are indexed by Alice's basis * 3 + intensity. */
export class OpticsTally {
  gates = 0;
  detections = 0;
  doubleClicks = 0;
  deadGates = 0;
  readonly fired: [number, number] = [0, 0];
  readonly sent = new Array<number>(6).fill(0);
  readonly matched = new Array<number>(6).fill(0);
  readonly errors = new Array<number>(6).fill(0);
  readonly crossed = new Array<number>(6).fill(0);
  /** Crossed-basis detections in which Bob's bit is Alice's. */
  readonly crossedEqual = new Array<number>(6).fill(0);

  add(frame: OpticsFrame): this {
    const { qtx, qrx } = frame;
    this.gates += Number(frame.gateCount);
    this.detections += frame.detections;
    this.doubleClicks += qrx.doubleClicks;
    this.deadGates += qrx.deadGates;
    this.fired[0] += qrx.clicksPerDetector[0];
    this.fired[1] += qrx.clicksPerDetector[1];
    for (let index = 0; index < 6; index++) this.sent[index]! += qtx.sent[index]!;
    for (let i = 0; i < frame.detections; i++) {
      const at = i >>> 3;
      const shift = i & 7;
      const basis = (qtx.basis[at]! >>> shift) & 1;
      const low = (qtx.intensityLow[at]! >>> shift) & 1;
      const high = (qtx.intensityHigh[at]! >>> shift) & 1;
      const index = basis * 3 + low + 2 * high;
      const differ = ((qtx.bit[at]! ^ qrx.bit[at]!) >>> shift) & 1;
      if (basis === ((qrx.basis[at]! >>> shift) & 1)) {
        this.matched[index]!++;
        this.errors[index]! += differ;
      } else {
        this.crossed[index]!++;
        this.crossedEqual[index]! += 1 - differ;
      }
    }
    return this;
  }
}
