import type { LinkTally } from "../tally/link-tally.ts";
import {
  chargePerClick,
  clickScatter,
  DISPERSION,
  deadGatesPerClick,
  LEAST_SLICES,
  type ReceiverCounts,
  rootOfRare,
} from "./counted.ts";
import type { Look, ObservableName, Seen } from "./observables.ts";

/** What the heads of one end's frames count over some time; the receiver's own counts are null at the transmitter. */
export interface EndCounts extends Pick<LinkTally, "gates" | "detections"> {
  readonly receiver: Pick<ReceiverCounts, "deadGates" | "clicks" | "doubleClicks" | "photocurrentNa"> | null;
}

/** Counts to which those of frames are added, one frame after the other. */
export const NO_COUNTS: EndCounts = { gates: 0, detections: 0, receiver: null };

/** The sum of two counts of the same end; the current is the mean over the gates. */
export function addCounts(one: EndCounts, other: EndCounts): EndCounts {
  const [a, b] = [one.receiver, other.receiver];
  const gates = one.gates + other.gates;
  return {
    gates,
    detections: one.detections + other.detections,
    receiver:
      a === null || b === null
        ? (a ?? b)
        : {
            deadGates: a.deadGates + b.deadGates,
            clicks: [a.clicks[0] + b.clicks[0], a.clicks[1] + b.clicks[1]],
            doubleClicks: a.doubleClicks + b.doubleClicks,
            photocurrentNa: (a.photocurrentNa * one.gates + b.photocurrentNa * other.gates) / gates,
          },
  };
}

/**
 * What the heads of one end's frames show without the other end's: unrest of the clicks at either end, and at the receiver
 * what it counts of itself. `slices` follow each other in time. `clockHz` turns currents into charges.
 */
export function lookAtOneEnd(slices: readonly EndCounts[], clockHz: number): Look {
  const look: Partial<Record<ObservableName, Seen>> = {};
  const put = (name: ObservableName, seen: Seen | undefined): void => {
    if (seen !== undefined && Number.isFinite(seen.value) && Number.isFinite(seen.u)) look[name] = seen;
  };
  const filled = slices.filter(({ gates, detections }) => gates > 0 && detections > 0);
  if (filled.length >= LEAST_SLICES) put("clickScatter", clickScatter(filled));
  const { receiver, ...all } = filled.reduce(addCounts, NO_COUNTS);
  if (receiver === null) return look;
  const counts = { ...all, ...receiver };
  put("doubleClicks", rootOfRare(counts.doubleClicks, counts.gates));
  put("zeroShare", zeroShareOf(counts));
  put("chargePerClick", chargePerClick(counts, clockHz));
  put("deadGatesPerClick", deadGatesPerClick(counts));
  return look;
}

/** Bits that are 0: the clicks of detector 0, and of the double clicks, whose bit is drawn, one half. */
function zeroShareOf({ clicks: [zero, one], doubleClicks }: ReceiverCounts): Seen | undefined {
  const bits = zero + one - doubleClicks;
  if (!(bits > 0)) return undefined;
  return { value: (zero - doubleClicks / 2) / bits, u: 0.5 * Math.sqrt(DISPERSION / bits) };
}
