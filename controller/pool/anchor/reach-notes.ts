import { joined, NO_REACH, type Reach } from "./reach.ts";

/** How far the work reaches that waits for the next commit. */
export class ReachNotes {
  #noted: Reach = NO_REACH;

  get noted(): Reach {
    return this.#noted;
  }

  /** Notes what a piece of work reaches. */
  note(reach: Reach): void {
    this.#noted = joined(this.#noted, reach);
  }

  /** Back to what was noted before work that left no trace. */
  backTo(noted: Reach): void {
    this.#noted = noted;
  }

  /** Begins anew, for another commit. */
  clear(): void {
    this.#noted = NO_REACH;
  }
}
