import { readFileSync, realpathSync, statfsSync } from "node:fs";
import { basename } from "node:path";
import { fileReason, KeyStoreError } from "../../../errors/index.ts";
import { mountOf } from "./mount-table.ts";

/** Types of `statfs` that write over a file's bytes where they lie: ext2 to ext4, and memory. */
const IN_PLACE: ReadonlyMap<number, string> = new Map([
  [0xef53, "ext"],
  [0x0102_1994, "tmpfs"],
]);
const JOURNALS_DATA = "data=journal";

/** What a file system is known to do with what is overwritten. */
export interface Medium {
  /** Type by `statfs`, in hexadecimal. */
  readonly fileSystem: string;
  /** False where overwritten bytes may stay: copy on write, logs, networks, and whatever is not known. */
  readonly overwritesInPlace: boolean;
  /** Whether it writes the bytes of files into its journal first, where overwritten ones stay. */
  readonly journalsData: boolean;
}

/** Where the kernel tells about mounts; a test puts a folder of its own in its place. */
export interface KernelTables {
  /** Every mount, with the options it was given. */
  readonly mounts: string;
  /** A folder for each ext device, whose `options` also tell what the device itself sets. */
  readonly ext: string;
}

const KERNEL: KernelTables = { mounts: "/proc/mounts", ext: "/proc/fs/ext4" };

/** The medium of a folder; QKD_KEYSTORE_UNREADABLE when it cannot be read. */
export function mediumOf(folder: string, tables: KernelTables = KERNEL): Medium {
  let type: number;
  let path: string;
  try {
    type = statfsSync(folder).type;
    path = realpathSync(folder);
  } catch (cause) {
    throw new KeyStoreError(
      "QKD_KEYSTORE_UNREADABLE",
      `the folder ${folder} of the key store cannot be read: ${fileReason(cause)}`,
      {
        context: { folder },
        remedy: "create the folder, or correct its path",
        cause,
      },
    );
  }
  const mount = mountOf(textOf(tables.mounts), path);
  const device = textOf(`${tables.ext}/${basename(mount?.source ?? "")}/options`).split("\n");
  return {
    fileSystem: `0x${type.toString(16)}`,
    overwritesInPlace: IN_PLACE.has(type),
    journalsData: [...(mount?.options ?? []), ...device].includes(JOURNALS_DATA),
  };
}

/** QKD_KEYSTORE_MEDIUM for a folder whose file system keeps what is overwritten in its journal. */
export function refuseDataJournal({ journalsData }: Medium, folder: string): void {
  if (!journalsData) return;
  throw new KeyStoreError(
    "QKD_KEYSTORE_MEDIUM",
    `the file system of ${folder} is mounted ${JOURNALS_DATA}: its journal keeps roots of delivered keys`,
    { context: { folder } },
  );
}

/** Empty where the system has no such table. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
