import type { SecretBytes } from "../../protocol/index.ts";
import type { AuthClass } from "./auth-class.ts";

/** A range of a block's keys, of origin `qkd`, that both sites find. */
export interface PadPlace {
  readonly sequence: number;
  readonly offset: number;
  readonly length: number;
}

/** A pad wanted of this site's half. */
export interface PadRequest {
  readonly bytes: number;
  /** Bytes that the half must hold afterwards: a less urgent use leaves more. */
  readonly leastLeftBytes: number;
  /** What the pad may rest on at the weakest. */
  readonly auth: AuthClass;
}

/** A pad of this site's half, marked used on disk. */
export interface TakenPad<Secret = SecretBytes> {
  /** Where it lies, in order, so that the other site finds it; 16 places at most. */
  readonly places: readonly PadPlace[];
  /** Of the one who took it, to wipe. */
  readonly material: Secret;
  /** Sum of the bounds of the blocks that it was taken from: that it is not what it should be. */
  readonly epsilon: number;
  readonly auth: AuthClass;
}
