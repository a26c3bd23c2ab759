import type { Quantity, SoakFigures } from "../../report/index.ts";
import type { PairCounts } from "../measuring/pair-counts.ts";

/** What steps have found out and later steps need. Plain data: it is kept beside the results, so that a run can go on. */
export interface Known {
  /** Offsets of both clocks in step 4, ns, and when they were taken, ms since 1970. */
  clocks?: { readonly aliceNs: number; readonly bobNs: number; readonly atMs: number };
  /** Housing temperatures from and to, °C. */
  housing?: Readonly<Record<"alice" | "bob", readonly [from: number, to: number]>>;
  /** Dark counts per gate of each detector, with the laser off and all channels dark. */
  darks?: readonly [Quantity, Quantity];
  /** The same with channels as they were found. */
  background?: readonly [Quantity, Quantity];
  /** Mean current with the laser off, nA. */
  darkCurrentNa?: number;
  detectorC?: number;
  /** A long reading of the link as it is: all that error rates and gains are taken from. */
  reading?: PairCounts;
  afterpulses?: Quantity;
  /** Loss of the fibre as the units see it, dB. */
  lossDb?: Quantity;
  meanPhotons?: readonly [number, number, number];
  keyRateBps?: number;
  blockS?: number;
  soak?: SoakFigures;
  raisedAlarms?: readonly number[];
}
