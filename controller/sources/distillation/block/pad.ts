/** Authentication key of one direction for one block, and where it lies in its sender's reserve. */
export interface Pad {
  readonly offset: number;
  /** Hash key, then the pad of the tag. */
  readonly material: Uint8Array;
}
