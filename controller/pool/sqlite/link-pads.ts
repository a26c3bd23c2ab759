import { KeyStoreError } from "../../../errors/index.ts";
import { keyReach } from "../anchor/reach.ts";
import type { AtOnce } from "../at-once.ts";
import { type ByteRange, usedUpTo } from "../block-halves.ts";
import type { KeyPool } from "../key-pool.ts";
import type { PadPlace } from "../pad.ts";
import { checkPad, checkPlaces, MOST_PAD_PLACES } from "../request-limits.ts";
import { fetchable, markFetched, usedBefore } from "./fetched-ranges.ts";
import type { SealedBlocks } from "./sealed-blocks.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";
import { EXTEND_USED, START_USED } from "./used-ranges.ts";

/** A range of a block's keys that becomes part of a pad. */
interface Part extends ByteRange {
  readonly row: BlockRow;
}

/** Pads of a link for relays, from the same halves and under the same marks as the keys that are handed out. */
export class LinkPads {
  readonly #store: StoreContext;
  readonly #sealed: SealedBlocks;

  constructor(store: StoreContext, sealed: SealedBlocks) {
    this.#store = store;
    this.#sealed = sealed;
  }

  readonly takePad: AtOnce<KeyPool<Uint8Array>>["takePad"] = (request) => {
    checkPad(request);
    const { bytes, leastLeftBytes, auth } = request;
    const { db, audit, now, reach, pair } = this.#store;
    const rows = db.all<BlockRow>(
      `SELECT * FROM block WHERE pair = ? AND origin = 'qkd' AND state = 'available' AND computational <= ?
        AND own_past - own_first - own_used > 0 ORDER BY sequence`,
      pair,
      auth === "computational" ? 1 : 0,
    );
    const rests = rows.map(
      (row): Part => ({ row, first: (row.own_first ?? 0) + row.own_used, past: row.own_past ?? 0 }),
    );
    const held = rests.reduce((sum, { first, past }) => sum + past - first, 0);
    const parts = partsOf(rests, bytes);
    if (parts === null || held - bytes < leastLeftBytes)
      throw new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", "the half holds too little key for a pad", {
        retryable: true,
        context: { bytes, leastLeftBytes, held },
      });
    for (const { row, first, past } of parts) {
      const half = { first: row.own_first ?? 0, past: row.own_past ?? 0 };
      const used = usedUpTo(past, half);
      db.run(row.own_used === 0 ? START_USED : EXTEND_USED, row.id, half.first, used);
      reach.note(keyReach("qkd", { own: { sequence: row.sequence, offset: used - half.first } }));
      audit.append(now(), "padTaken", { blockId: row.block_id, first, past });
    }
    const bounds = parts.map(({ row }) => row.secrecy + row.correctness + row.authentication);
    const weak = parts.some(({ row }) => row.computational === 1);
    return {
      places: parts.map(({ row, first, past }) => ({
        sequence: row.sequence,
        offset: first,
        length: past - first,
      })),
      material: this.#read(parts, bytes),
      epsilon: bounds.reduce((sum, bound) => sum + bound, 0),
      auth: weak ? "computational" : "information-theoretic",
    };
  };

  readonly openPad: AtOnce<KeyPool<Uint8Array>>["openPad"] = (places) => {
    checkPlaces(places);
    const { audit, now } = this.#store;
    const parts = places.map((place) => this.#named(place));
    let bytes = 0;
    for (const part of parts) {
      const { row, first, past } = part;
      const before = usedBefore(this.#store, row.id, past);
      if (before !== undefined && before.past > first) throw usedPad(row, first);
      markFetched(this.#store, row, part);
      audit.append(now(), "padOpened", { blockId: row.block_id, first, past });
      bytes += past - first;
    }
    return this.#read(parts, bytes);
  };

  #named({ sequence, offset, length }: PadPlace): Part {
    const row = this.#store.db.one<BlockRow>(
      `SELECT * FROM block WHERE pair = ? AND origin = 'qkd' AND sequence = ?
        AND (state = 'available' OR (state = 'pending' AND proposed = 0))`,
      this.#store.pair,
      sequence,
    );
    const past = offset + length;
    if (row === undefined || offset < fetchable(row).first || past > fetchable(row).past)
      throw new KeyStoreError("QKD_KEYSTORE_UNKNOWN_KEY", "a pad is not held in the other site's half", {
        context: { sequence, offset, length },
        remedy: "none needed if single: what it covered is lost; otherwise compare the two stores",
      });
    return { row, first: offset, past };
  }

  #read(parts: readonly Part[], bytes: number): Uint8Array {
    const pad = new Uint8Array(bytes);
    let at = 0;
    for (const { row, first, past } of parts) {
      this.#sealed.read(row, first, pad.subarray(at, at + past - first));
      at += past - first;
    }
    return pad;
  }
}

/** So many bytes of these rests, from the oldest on that do not lie in too many places; null where there are none. */
function partsOf(rests: readonly Part[], bytes: number): readonly Part[] | null {
  for (let oldest = 0; oldest < rests.length; oldest += 1) {
    const parts: Part[] = [];
    let missing = bytes;
    for (const { row, first, past } of rests.slice(oldest, oldest + MOST_PAD_PLACES)) {
      const here = Math.min(missing, past - first);
      parts.push({ row, first, past: first + here });
      missing -= here;
      if (missing === 0) return parts;
    }
  }
  return null;
}

function usedPad(row: BlockRow, first: number): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_CONFLICT", "a pad was opened or fetched before", {
    context: { blockId: row.block_id, first },
    remedy: "none needed: a repeated message is dropped",
  });
}
