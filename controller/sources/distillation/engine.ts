import type { LinkParameters } from "../../../physics/index.ts";
import type { LoadShare } from "./sifting/load-profile.ts";

/** Raw-key frame as the engine takes it: numbers and one buffer of planes, ready for transfer to a worker. */
export interface EngineFrame {
  readonly role: "qtx" | "qrx";
  readonly frameId: number;
  readonly firstGate: bigint;
  readonly gateCount: bigint;
  readonly detections: number;
  readonly gateDigest: Uint8Array;
  readonly planes: Uint8Array;
  readonly planeBytes: number;
  /** QTX only: pulses sent, index = basis * 3 + intensity. */
  readonly sent?: readonly number[];
  /** QRX only. */
  readonly doubleClicks?: number;
  readonly photocurrentNa?: number;
}

/** Agreed settings of the distillation; both sites must use equal values (compared at hello). */
export interface DistillationSettings {
  /** The intensities, probabilities and clock of the link; gains and losses in it serve as expectations only. */
  readonly link: LinkParameters;
  /**
   * Key-basis sifted bits per block, at least but for five standard deviations: a block ends after the number of
   * detections that holds so many on average and some more.
   */
  readonly blockBits: number;
  readonly epsilonSecrecy: number;
  readonly epsilonCorrectness: number;
  /** Block is aborted above this many disclosed bits per key-basis bit (variable-length bookkeeping has a ceiling). */
  readonly maxLeakFraction: number;
  /**
   * Which disclosed parities shorten the key: Alice's alone (default), where vacuum detections earn nothing because the
   * error pattern is taken as public; or those of both directions, the worst case (arXiv:2307.00576). Both figures are
   * reported either way.
   */
  readonly leakAccounting?: "aliceParities" | "bothDirections";
  /** Key-basis bits that are reconciled together, at least; default 2^20. */
  readonly cohortBits?: number;
  /** Cohorts under way at once, at most, so that the round trip does not set the rate; default 56. */
  readonly cohortsInFlight?: number;
  /** Bytes of each new key that replenish the authentication reserve, default 4096; never above a quarter of the key. */
  readonly authenticationBytes?: number;
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
  /** This site's clock when the first frame joined the block. */
  readonly openedAtMs: number;
}
