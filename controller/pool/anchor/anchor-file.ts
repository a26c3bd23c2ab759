import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { fileReason, KeyStoreError } from "../../../errors/index.ts";
import { SLOT_BYTES } from "./anchor-codec.ts";

/** Slots of the file. */
export const SLOTS = 2;
const DURABLE = constants.O_RDWR | constants.O_DSYNC | constants.O_NOFOLLOW;

/**
 * The file beside the database: two slots at fixed places, written in place, each write on disk before the call returns.
 * All errors are KeyStoreError.
 */
export class AnchorFile {
  readonly #path: string;
  readonly #file: number;

  private constructor(path: string, file: number) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Opens the file, or makes it (mode 0600, blank, all its room taken). QKD_KEYSTORE_UNREADABLE where it cannot be opened
   * for writing, is no plain file or others may touch it; QKD_KEYSTORE_FULL where there is no room for it.
   */
  static open(path: string): AnchorFile {
    let made = false;
    let file: number;
    try {
      try {
        file = openSync(path, DURABLE | constants.O_CREAT | constants.O_EXCL, 0o600);
        made = true;
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
        file = openSync(path, DURABLE);
      }
    } catch (cause) {
      throw refused(path, `the anchor ${path} cannot be opened for writing: ${fileReason(cause)}`, cause);
    }
    const anchor = new AnchorFile(path, file);
    try {
      anchor.#check();
      if (made || fstatSync(file).size < SLOTS * SLOT_BYTES) anchor.#takeRoom(made);
      return anchor;
    } catch (error) {
      anchor.close();
      throw error;
    }
  }

  #check(): void {
    const { mode, uid } = fstatSync(this.#file);
    const path = this.#path;
    if ((mode & constants.S_IFMT) !== constants.S_IFREG)
      throw refused(path, `the anchor ${path} is not a regular file`, undefined, "move it away");
    if ((mode & 0o077) !== 0)
      throw refused(path, `others may touch the anchor ${path}`, undefined, `run chmod 600 ${path}`);
    const user = process.getuid?.();
    if (user !== undefined && user !== 0 && uid !== user)
      throw refused(
        path,
        `the anchor ${path} belongs to another user`,
        undefined,
        `run chown ${user} ${path}`,
      );
  }

  /** Fills what is missing with blank bytes, so that no later write needs room. */
  #takeRoom(made: boolean): void {
    const { size } = fstatSync(this.#file);
    this.#put(new Uint8Array(SLOTS * SLOT_BYTES - size), size);
    if (made) syncFolder(dirname(this.#path));
  }

  /** The bytes of both slots. */
  read(): Uint8Array[] {
    return Array.from({ length: SLOTS }, (_, slot) => {
      const bytes = new Uint8Array(SLOT_BYTES);
      try {
        readSync(this.#file, bytes, 0, SLOT_BYTES, slot * SLOT_BYTES);
      } catch {
        // A slot whose sectors cannot be read is as good as a damaged one.
        bytes.fill(0xff);
      }
      return bytes;
    });
  }

  /** Writes a slot; it is on disk when this returns. */
  write(slot: number, bytes: Uint8Array): void {
    this.#put(bytes, slot * SLOT_BYTES);
  }

  #put(bytes: Uint8Array, at: number): void {
    try {
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#file, bytes, done, bytes.length - done, at + done);
    } catch (cause) {
      if (codeOf(cause) !== "ENOSPC" && codeOf(cause) !== "EDQUOT")
        throw refused(this.#path, `the anchor ${this.#path} cannot be written: ${fileReason(cause)}`, cause);
      throw new KeyStoreError(
        "QKD_KEYSTORE_FULL",
        `no space is left for the anchor ${this.#path} of the key store`,
        {
          retryable: true,
          context: { path: this.#path },
          cause,
        },
      );
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A name just made is on disk only when its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function refused(
  path: string,
  sentence: string,
  cause: unknown,
  remedy = "give the controller's user the right to write it, or repair the disk",
): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_UNREADABLE", sentence, { context: { path }, remedy, cause });
}
