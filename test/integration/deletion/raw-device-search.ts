import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SqliteStore } from "../../../controller/pool/sqlite/sqlite-store.ts";
import { alone } from "../../models/alone.ts";
import { KEK, LINK_SECRET, takeFrom, testBlock } from "./deletion-bench.ts";
import { steal } from "./key-thief.ts";
import type { LoopDevice } from "./loop-device.ts";

/** What a search of the whole device found after many sweeps. */
export interface RawFindings {
  /** Roots that were in force, one after the other, the last one included. */
  readonly roots: number;
  /** Those of them, without the last one, whose bytes still lie somewhere. */
  readonly oldRootsFound: number;
  readonly delivered: number;
  /** Delivered keys that everything on the device and the key file open. */
  readonly deliveredFound: number;
  /** Whether a key that lives is found by the same search. */
  readonly livingFound: boolean;
}

const block = testBlock(1, 24_000);
const SLOT_USED_BYTES = 92;

/** Delivers and erases `sweeps` times on a device, then searches all of it. */
export function searchRawDevice(device: LoopDevice, sweeps: number): RawFindings {
  const store = new SqliteStore({
    path: join(device.folder, "keys.db"),
    kek: KEK,
    linkSecret: LINK_SECRET,
    linkId: "link",
    site: "alice",
    capacityBits: 2 ** 24,
    redeliveryMs: 0,
    auditRows: 10_000,
  });
  const slots = new Set<string>();
  const see = () => {
    const content = readFileSync(join(device.folder, "keys.root"));
    for (const at of [0, 4096]) slots.add(content.toString("hex", at, at + SLOT_USED_BYTES));
  };
  const delivered: Uint8Array[] = [];
  try {
    const epsilon = { secrecy: 0, correctness: 0, authentication: 0 };
    for (const step of store.adding({
      ...block,
      origin: "qkd",
      tail: new Uint8Array(64),
      epsilon,
      createdAtMs: 1,
    }))
      alone(store, step);
    alone(store, () =>
      store.pool.makeAvailable(block.blockId, {
        boundaryBytes: Math.floor(block.key.length / 64) * 32,
        tag: "ab".repeat(16),
      }),
    );
    see();
    for (let sweep = 0; sweep < sweeps; sweep += 1) {
      delivered.push(...takeFrom(store, 1).map(({ key }) => key));
      for (const _ of store.erasing()) see();
    }
  } finally {
    store.close();
  }
  const last = readFileSync(join(device.folder, "keys.root"));
  const inForce = [0, 4096].map((at) => last.toString("hex", at, at + SLOT_USED_BYTES));
  const raw = device.raw();
  const plain = steal({ kek: KEK, files: [raw] }, [block]);
  const found = (key: Uint8Array) => plain.some((text) => text.includes(Buffer.from(key)));
  const old = [...slots].filter((slot) => !inForce.includes(slot));
  // A root is wrapped for each slot anew; from the wrapped root on: magic, name and generation alone open nothing.
  const foundOld = old.filter((slot) => raw.includes(Buffer.from(slot, "hex").subarray(32)));
  return {
    roots: sweeps + 1,
    oldRootsFound: new Set(foundOld.map((slot) => slot.slice(2 * 24, 2 * 32))).size,
    delivered: delivered.length,
    deliveredFound: delivered.filter(found).length,
    livingFound: found(block.key.subarray(11_968, 12_000)),
  };
}
