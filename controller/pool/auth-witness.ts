/** What a site can say of how far the reserves of both directions are used. */
export interface AuthWitness {
  /** Own pads are held back: nothing here tells how far they are used. Then it is no witness for the other site either. */
  readonly heldBack: boolean;
  /** The other site's direction is used up to there, as far as was seen here: no tag is made before its place is on disk here. */
  readonly seen: number;
  /** The own direction is used up to there. */
  readonly used: number;
}
