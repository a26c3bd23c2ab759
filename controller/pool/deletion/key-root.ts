import { randomBytes } from "node:crypto";
import { RootFile, type WriteAt } from "./root-file.ts";
import {
  checkRootFile,
  packSlot,
  type RootOfGeneration,
  type RootOwner,
  SLOT_BYTES,
  unpackSlots,
} from "./root-slots.ts";
import { TREE_KEY_BYTES } from "./segments.ts";

type Slot = 0 | 1;

/**
 * The root in force, and the way to another one. A new root is placed in the slot that the root in force does not
 * use; the database names by its generation which of the two it needs; then the old one is overwritten.
 */
export class KeyRoot {
  readonly #owner: RootOwner;
  readonly #file: RootFile;
  /** Highest generation in the file or given out: none is given twice. */
  #highest: number;
  #inForce: RootOfGeneration;
  #slot: Slot;
  /** Whether both slots hold the root in force. */
  #settled: boolean;

  private constructor(owner: RootOwner, file: RootFile, inForce: RootOfGeneration, at: Place) {
    this.#owner = owner;
    this.#file = file;
    this.#inForce = inForce;
    this.#slot = at.slot;
    this.#highest = at.highest;
    this.#settled = at.settled;
  }

  /**
   * Opens the root of `generation`; where the file does not hold it, says what it found instead. KeyStoreError for a
   * file that is not this store's, or that cannot be used.
   */
  static open(
    path: string,
    owner: RootOwner,
    generation: number,
    write?: WriteAt,
  ): KeyRoot | "rootFile" | "generation" | "unreadable" {
    const file = RootFile.open(path, write);
    if (file === null) return "rootFile";
    try {
      const slots = unpackSlots(owner, path, file.read());
      const highest = Math.max(0, ...slots.map((slot) => slot?.generation ?? 0));
      const slot = slots.findIndex((each) => each?.generation === generation);
      const inForce = slots[slot];
      if (inForce === undefined || inForce === null) {
        file.close();
        return highest === 0 ? "unreadable" : "generation";
      }
      const other = slots[1 - slot];
      const settled = other?.generation === generation;
      wipe(other);
      return new KeyRoot(owner, file, inForce, { slot: slot as Slot, highest, settled });
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * A new root of `generation`, in a new file or in both slots of the one that is there. A store's first one replaces
   * the root of a database that was here before: without its database it opens nothing.
   */
  static renew(path: string, owner: RootOwner, generation: number, write?: WriteAt): KeyRoot {
    const inForce = { generation, root: new Uint8Array(randomBytes(TREE_KEY_BYTES)) };
    const slot = packSlot(owner, inForce);
    const there = RootFile.open(path, write);
    let file = there;
    try {
      if (file === null) {
        const both = new Uint8Array(2 * SLOT_BYTES);
        both.set(slot);
        both.set(slot, SLOT_BYTES);
        file = RootFile.create(path, both, write);
      } else {
        if (generation === 1) checkRootFile(path, file.read());
        else unpackSlots(owner, path, file.read()).forEach(wipe);
        file.writeSlot(0, slot);
        file.writeSlot(1, slot);
      }
      return new KeyRoot(owner, file, inForce, { slot: 0, highest: generation, settled: true });
    } catch (error) {
      there?.close();
      throw error;
    }
  }

  /** The root in force: the caller neither changes nor keeps it. */
  get inForce(): RootOfGeneration {
    return this.#inForce;
  }

  /** False while a slot may hold another root than the one in force. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Writes a fresh root into the slot that is not in use. It comes into force by `adopt`, or never. */
  placeFresh(): RootOfGeneration {
    const fresh = { generation: this.#highest + 1, root: new Uint8Array(randomBytes(TREE_KEY_BYTES)) };
    this.#settled = false;
    this.#highest = fresh.generation;
    this.#file.writeSlot(this.#free, packSlot(this.#owner, fresh));
    return fresh;
  }

  /** The database now needs the root last placed. The one before is wiped from memory, and still in its slot. */
  adopt(fresh: RootOfGeneration): void {
    wipe(this.#inForce);
    this.#inForce = fresh;
    this.#slot = this.#free;
  }

  /**
   * Overwrites the other slot with the root in force. What it held is gone: no state of the database that needs it may
   * come back any more, so the log has been emptied into the file before.
   */
  overwriteOld(): void {
    this.#file.writeSlot(this.#free, packSlot(this.#owner, this.#inForce));
    this.#settled = true;
  }

  /** Wipes the root from memory and closes the file. */
  close(): void {
    wipe(this.#inForce);
    this.#file.close();
  }

  get #free(): Slot {
    return this.#slot === 0 ? 1 : 0;
  }
}

interface Place {
  readonly slot: Slot;
  readonly highest: number;
  readonly settled: boolean;
}

function wipe(slot: RootOfGeneration | null | undefined): void {
  slot?.root.fill(0);
}
