import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, extname } from "node:path";
import { fileReason, InternalError, KeyStoreError } from "../../../errors/index.ts";
import { ROOT_FILE_BYTES, SLOT_BYTES } from "./root-slots.ts";

/** Writes bytes at a place of a file; `writeSync` of node:fs. */
export type WriteAt = (file: number, bytes: Uint8Array, from: number, length: number, at: number) => number;

const IN_PLACE = constants.O_RDWR | (constants.O_DSYNC ?? 0);

/** Where the roots of a database lie: beside it, `keys.root` for `keys.db`. */
export function rootPath(databasePath: string): string {
  const extension = extname(databasePath);
  const stem = extension === ".root" ? databasePath : databasePath.slice(0, -extension.length || undefined);
  return `${stem}.root`;
}

/**
 * The file of the two slots: it is written in place and never made anew, because what a new file replaces stays on the
 * medium. Every write is on the medium when it returns (O_DSYNC). All errors are KeyStoreError.
 */
export class RootFile {
  readonly #path: string;
  readonly #file: number;
  readonly #write: WriteAt;

  private constructor(path: string, file: number, write: WriteAt) {
    this.#path = path;
    this.#file = file;
    this.#write = write;
  }

  /**
   * Opens the file; null when there is none. QKD_KEYSTORE_UNREADABLE when others than its owner may touch it, when it
   * belongs to another user or cannot be opened.
   */
  static open(path: string, write: WriteAt = writeSync): RootFile | null {
    let file: number;
    try {
      file = openSync(path, IN_PLACE);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw rootFileError(path, "cannot be opened", cause, "let the controller read and write it");
    }
    try {
      checkOwner(path, file);
      return new RootFile(path, file, write);
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  /** Makes the file, whole or not at all, and opens it. */
  static create(path: string, content: Uint8Array, write: WriteAt = writeSync): RootFile {
    const unfinished = `${path}.new`;
    try {
      rmSync(unfinished, { force: true });
      const file = openSync(unfinished, "wx", 0o600);
      try {
        for (let done = 0; done < content.length; )
          done += write(file, content, done, content.length - done, done);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(unfinished, path);
      const folder = openSync(dirname(path), constants.O_RDONLY);
      try {
        fsyncSync(folder);
      } finally {
        closeSync(folder);
      }
    } catch (cause) {
      throw rootFileError(path, "cannot be made", cause, "let the controller write into its folder");
    }
    const made = RootFile.open(path, write);
    if (made === null) throw rootFileError(path, "is gone", undefined, "let nobody else use the folder");
    return made;
  }

  /** Both slots. */
  read(): Uint8Array {
    const content = new Uint8Array(ROOT_FILE_BYTES + 1);
    try {
      return content.subarray(0, readSync(this.#file, content, 0, content.length, 0));
    } catch (cause) {
      throw rootFileError(this.#path, "cannot be read", cause, "check the disk");
    }
  }

  /** Writes one slot over what it held. Refused once the file was removed: nothing would find the root again. */
  writeSlot(slot: 0 | 1, bytes: Uint8Array): void {
    try {
      if (fstatSync(this.#file).nlink === 0)
        throw new InternalError("QKD_INTERNAL", "the file was removed or replaced");
      for (let done = 0; done < bytes.length; )
        done += this.#write(this.#file, bytes, done, bytes.length - done, slot * SLOT_BYTES + done);
    } catch (cause) {
      throw rootFileError(this.#path, "cannot be written", cause, "put the file back, and check the disk");
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

function checkOwner(path: string, file: number): void {
  const stat = fstatSync(file);
  if (!stat.isFile()) throw refused(path, "is not a regular file", "move it away");
  if ((stat.mode & 0o077) !== 0) throw refused(path, "may be used by others", `run chmod 600 ${path}`);
  const uid = process.getuid?.();
  if (uid !== undefined && uid !== 0 && stat.uid !== uid)
    throw refused(path, "belongs to another user", `run chown ${uid} ${path}`);
}

function rootFileError(path: string, what: string, cause: unknown, remedy: string): KeyStoreError {
  const errno = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    return new KeyStoreError("QKD_KEYSTORE_FULL", `no space is left for the root file ${path}`, {
      retryable: true,
      context: { path, errno },
      cause,
    });
  }
  return new KeyStoreError(
    "QKD_KEYSTORE_UNREADABLE",
    `the root file ${path} ${what}${cause === undefined ? "" : `: ${fileReason(cause)}`}`,
    {
      context: errno === undefined ? { path } : { path, errno },
      remedy,
      cause,
    },
  );
}

function refused(path: string, what: string, remedy: string): KeyStoreError {
  return rootFileError(path, what, undefined, remedy);
}
