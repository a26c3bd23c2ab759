/** One side's parities of one round of one cohort. */
export interface ParityEntry {
  readonly cohort: number;
  readonly round: number;
  readonly parities: Uint8Array;
}
