/** Longest input; what is longer is cut. */
export const MAX_INPUT_BYTES = 1 << 16;

/** Places in the shared facts: inputs begun, and the length of the one under way. */
export const RUNS = 0;
export const LENGTH = 1;

/** What a worker needs to drive one target. */
export interface WorkerOrder {
  /** Module of the target, as a URL. */
  readonly module: string;
  /** Inputs kept from earlier runs. */
  readonly kept: readonly Uint8Array[];
  readonly seed: number;
  /** Time for inputs, from when the target is loaded and has read the kept ones. */
  readonly forMs: number;
  /** So many different findings end the run. */
  readonly mostFindings: number;
  readonly shared: { readonly facts: SharedArrayBuffer; readonly input: SharedArrayBuffer };
}

/** What a worker tells. */
export type WorkerNews =
  | { readonly type: "finding"; readonly input: Uint8Array; readonly text: string }
  | { readonly type: "ended"; readonly corpus: number; readonly reached: number };
