import type { OpticsControl } from "../../optics/control.ts";
import type { MeasuredGates } from "../measured-gates.ts";

/** A setting of a device that a scan moves for gates of its own, while the key's light keeps the present one. */
export type ScanControl = Extract<
  OpticsControl,
  { readonly type: "gateSetting" | "phaseSetting" | "biasTrim" | "modulatorSetting" }
>;

/** One point of a scan: the setting and what was counted under it. */
export interface ScanPoint {
  readonly x: number;
  readonly counted: Pick<MeasuredGates, "gates" | "clicks" | "sent" | "cells">;
}

/** Where a scan found its optimum, in the setting's unit, with the standard uncertainty that its counts leave. */
export interface Optimum {
  readonly at: number;
  readonly uncertainty: number;
}

/** Why a scan found nothing, for a person. */
export interface NothingFound {
  readonly why: string;
}

/** Evenly spaced settings around a present one. */
export function around(present: number, reach: number, points: number): number[] {
  return Array.from({ length: points }, (_, index) => present - reach + (2 * reach * index) / (points - 1));
}

/** Sum of the cells that `holds` chooses by Alice's basis, intensity and bit, Bob's basis and bit. */
export function cellSum(
  cells: readonly number[],
  holds: (alice: number, intensity: number, aliceBit: number, bob: number, bobBit: number) => boolean,
): number {
  return cells.reduce((sum, count, index) => {
    const chosen = holds(
      Math.floor(index / 24),
      Math.floor(index / 8) % 3,
      (index >> 2) & 1,
      (index >> 1) & 1,
      index & 1,
    );
    return chosen ? sum + count : sum;
  }, 0);
}
