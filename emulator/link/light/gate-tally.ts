import { GAP_BINS, type MeasuredGates, noTags } from "../../device/measured-gates.ts";
import { cellsOf } from "../../optics/frame/plane-counts.ts";
import type { OpticsFrame } from "../../optics/optics.ts";

/** Counts the light of gates whose settings both ends may tell: they never become key. */
export class GateTally {
  /** Gate of the last click of each detector, where no gate was passed over since. */
  readonly #lastClick: [bigint | undefined, bigint | undefined] = [undefined, undefined];
  #nextGate = 0n;

  /** What one frame holds. Gaps go on from the frame before where it ends with the gate before. */
  count(frame: OpticsFrame): MeasuredGates {
    const { qrx, qtx, gateCount, firstGate } = frame;
    if (firstGate !== this.#nextGate) this.#lastClick.fill(undefined);
    this.#nextGate = firstGate + gateCount;
    return {
      gates: Number(gateCount),
      blindGates: qrx.deadGates,
      clicks: [...qrx.clicksPerDetector],
      doubles: qrx.doubleClicks,
      sent: [...qtx.sent],
      cells: cellsOf(frame),
      gaps: this.#gaps(frame),
      arrivals: qrx.arrivalTags ?? noTags(),
    };
  }

  #gaps({ gaps, firstGate, detections, qrx }: OpticsFrame): MeasuredGates["gaps"] {
    const counts = [new Array<number>(GAP_BINS).fill(0), new Array<number>(GAP_BINS).fill(0)] as const;
    const beyond: [number, number] = [0, 0];
    let gate = 0;
    let at = 0;
    const last = this.#lastClick.map((click) =>
      click === undefined ? undefined : Number(click - firstGate),
    ) as [number | undefined, number | undefined];
    for (let detection = 0; detection < detections; detection++) {
      let gap = 0;
      for (let weight = 1, byte = 128; byte >= 128; weight *= 128) {
        byte = gaps[at++] ?? 0;
        gap += (byte & 127) * weight;
      }
      gate += gap;
      const detector = bitAt(qrx.bit, detection);
      const before = last[detector];
      if (before !== undefined) {
        const width = gate - before;
        if (width <= GAP_BINS) counts[detector][width - 1]! += 1;
        else beyond[detector] += 1;
      }
      last[detector] = gate;
    }
    for (const detector of [0, 1] as const) {
      const click = last[detector];
      this.#lastClick[detector] = click === undefined ? undefined : firstGate + BigInt(click);
    }
    return [
      { bins: counts[0], beyond: beyond[0] },
      { bins: counts[1], beyond: beyond[1] },
    ];
  }
}

const bitAt = (plane: Uint8Array, index: number): 0 | 1 =>
  (((plane[index >>> 3] ?? 0) >>> (index & 7)) & 1) as 0 | 1;
