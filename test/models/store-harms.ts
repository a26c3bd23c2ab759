import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

const FRAME_BYTES = 24 + 8192;
const SLOT_BYTES = 4096;

/** Something that befalls the files of a store that is not running. */
export interface Harm {
  readonly name: string;
  /** Every change that was durable is still there. */
  readonly intact: boolean;
  /** The main file is that of an earlier moment. */
  readonly older?: true;
  /** False where the files give nothing to harm. `morning`: an older copy of the main file, if there is one. */
  readonly befall: (folder: string, morning: string | null) => boolean;
}

const log = (folder: string) => join(folder, "keys.db-wal");
const main = (folder: string) => join(folder, "keys.db");
const anchor = (folder: string) => join(folder, "keys.db.anchor");

/** One bit of a frame of the log, the first one, the last one or one between. */
const frameDamaged = (name: string, share: number): Harm => ({
  name: `one bit of ${name} frame of the log flipped`,
  intact: false,
  befall: (folder) => {
    if (!existsSync(log(folder))) return false;
    const frames = Math.floor((statSync(log(folder)).size - 32) / FRAME_BYTES);
    if (frames < 1) return false;
    const at = 32 + Math.min(frames - 1, Math.floor(frames * share)) * FRAME_BYTES + 100;
    return rewritten(log(folder), (bytes) => {
      bytes[at] = (bytes[at] ?? 0) ^ 4;
    });
  },
});

const slotTorn = (slot: number): Harm => ({
  name: `slot ${slot} of the anchor torn`,
  intact: true,
  befall: (folder) =>
    rewritten(
      anchor(folder),
      (bytes) => void bytes.fill(0x5a, slot * SLOT_BYTES + 300, (slot + 1) * SLOT_BYTES),
    ),
});

/** Each harm that the promises name. */
export const HARMS: readonly Harm[] = [
  { name: "nothing", intact: true, befall: () => true },
  frameDamaged("the first", 0),
  frameDamaged("a middle", 0.5),
  frameDamaged("a late", 0.85),
  frameDamaged("the last", 1),
  {
    name: "the log cut in half",
    intact: false,
    befall: (folder) => {
      if (!existsSync(log(folder))) return false;
      truncateSync(log(folder), Math.floor(statSync(log(folder)).size / 2));
      return true;
    },
  },
  {
    name: "the log deleted",
    intact: false,
    befall: (folder) => {
      if (!existsSync(log(folder))) return false;
      rmSync(log(folder));
      return true;
    },
  },
  {
    name: "the main file emptied",
    intact: false,
    befall: (folder) => {
      truncateSync(main(folder), 0);
      return true;
    },
  },
  {
    name: "an older copy of the main file, without log",
    intact: false,
    older: true,
    befall: (folder, morning) => {
      if (morning === null) return false;
      copyFileSync(morning, main(folder));
      rmSync(log(folder), { force: true });
      return true;
    },
  },
  {
    name: "an older copy of the main file, with the log of now",
    intact: false,
    older: true,
    befall: (folder, morning) => {
      if (morning === null) return false;
      copyFileSync(morning, main(folder));
      return true;
    },
  },
  slotTorn(0),
  slotTorn(1),
  {
    name: "both slots of the anchor gone",
    intact: false,
    befall: (folder) => rewritten(anchor(folder), (bytes) => void bytes.fill(0)),
  },
  {
    name: "the anchor deleted",
    intact: false,
    befall: (folder) => {
      rmSync(anchor(folder));
      return true;
    },
  },
];

function rewritten(path: string, change: (bytes: Uint8Array) => void): boolean {
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
  return true;
}
