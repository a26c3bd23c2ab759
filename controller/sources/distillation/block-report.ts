/** Gates in which about the same number of detections came per gate. */
export interface LoadShare {
  readonly gates: number;
  readonly detections: number;
}

/** Statistics of one finished or aborted block. */
export interface BlockReport {
  readonly sequence: number;
  readonly blockId: string;
  readonly frames: number;
  readonly gates: bigint;
  readonly detections: number;
  readonly siftedZ: number;
  readonly siftedX: number;
  /** Observed error rates: Z after reconciliation (all intensities), X from disclosed bits. */
  readonly qber: { readonly z: number; readonly x: number };
  /** Per basis, per intensity: pulses sent, sifted counts, errors. */
  readonly counts: {
    readonly sent: readonly number[];
    readonly sifted: readonly number[];
    readonly errors: readonly number[];
  };
  readonly leakBits: number;
  /** leakBits / (n h(Q)): one direction's parities plus tags (the accounting that the key length uses). */
  readonly reconciliationEfficiency: number;
  /** The same with the parities of both directions counted. */
  readonly reconciliationEfficiencyBothWays: number;
  readonly singlePhotonBits: number;
  readonly phaseErrorRate: number;
  readonly secretBits: number;
  readonly epsilon: {
    readonly secrecy: number;
    readonly correctness: number;
    readonly authentication: number;
  };
  /** Why no key came out, or null. */
  readonly aborted: string | null;
  readonly doubleClicks: number;
  /** Mean over the block's gates. */
  readonly photocurrentNa: number;
  /** Of the frame with the largest. */
  readonly photocurrentPeakNa: number;
  /** How the detections spread over the gates, from the darkest share to the brightest. */
  readonly load: readonly LoadShare[];
  /** Alice's bits that are 1, of the sifted bits of each basis. The key is shortened by what this tells. */
  readonly ones: { readonly z: number; readonly x: number };
  /** This site's clock when the first frame of the block was collected. */
  readonly openedAtMs: number;
  /** The same of its last frame: from here on it takes to make the key. */
  readonly collectedAtMs: number;
}
