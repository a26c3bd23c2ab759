import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/**
 * Appends a line that is on the disk when this returns. Where the disk is full nothing of it stays: half a line would
 * spoil the next one.
 */
export function appendDurably(path: string, line: string): void {
  const isNew = !existsSync(path);
  const file = openSync(path, "a");
  try {
    const before = fstatSync(file).size;
    try {
      const bytes = Buffer.from(line, "utf8");
      for (let written = 0; written < bytes.length; )
        written += writeSync(file, bytes, written, bytes.length - written);
      fsyncSync(file);
    } catch (error) {
      ftruncateSync(file, before);
      throw error;
    }
  } finally {
    closeSync(file);
  }
  // The name of a new file is durable with its folder only.
  if (isNew) syncFolder(dirname(path));
}

/** Takes away what stands after the last line feed: a crash cut it short. */
export function dropUnfinishedLine(path: string): void {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) truncateSync(path, end);
}

/** Makes the names in a folder durable. */
export function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
