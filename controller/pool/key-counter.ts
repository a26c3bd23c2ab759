import { KeyStoreError } from "../../errors/index.ts";
import { type BlockShelf, GRAIN_BYTES } from "./block-shelf.ts";
import type { BlockVault } from "./block-vault.ts";
import { KEY_ID_LIMITS, type KeyIds, unknownKey } from "./key-id.ts";
import type { KeyAudience, KeyOrigin } from "./key-pool.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";

/** Most keys in one call. */
export const MAX_KEYS_PER_CALL = 4096;
const MAX_SAE_LENGTH = 256;

/** A key on its way out of the store. */
export interface CountedKey {
  readonly keyId: string;
  readonly bytes: Uint8Array;
  readonly origin: KeyOrigin;
  readonly createdAtMs: number;
  readonly blockId: string;
}

interface Wanted {
  readonly keyId: string;
  readonly row: BlockRow;
  readonly first: number;
  readonly past: number;
}

/** The counter where keys are handed out: marks ranges used, then reads them. Runs inside a transaction. */
export class KeyCounter {
  readonly #store: StoreContext;
  readonly #vault: BlockVault;
  readonly #shelf: BlockShelf;
  readonly #ids: KeyIds;
  readonly #redeliveryMs: number;

  constructor(store: StoreContext, vault: BlockVault, shelf: BlockShelf, ids: KeyIds, redeliveryMs: number) {
    this.#store = store;
    this.#vault = vault;
    this.#shelf = shelf;
    this.#ids = ids;
    this.#redeliveryMs = redeliveryMs;
  }

  /** Takes `count` keys from the own half, oldest block first. */
  take(bits: number, count: number, audience: KeyAudience, origin: KeyOrigin): CountedKey[] {
    checkRequest(bits, count, audience);
    const length = bits / 8;
    const keys: CountedKey[] = [];
    let sequence = -1;
    while (keys.length < count) {
      const row = this.#store.db.one<BlockRow>(
        `SELECT * FROM block WHERE origin = ? AND state = 'available' AND sequence > ?
          AND own_past - own_first - own_used >= ? ORDER BY sequence LIMIT 1`,
        ...[origin, sequence, length],
      );
      if (row === undefined) throw exhausted(origin, bits, count, keys.length);
      sequence = row.sequence;
      keys.push(...this.#takeFrom(row, length, count - keys.length, audience));
    }
    return keys;
  }

  #takeFrom(row: BlockRow, length: number, wanted: number, audience: KeyAudience): CountedKey[] {
    const first = row.own_first + row.own_used;
    // A key that leaves less than a grain is the last one of its half; the other site relies on it.
    const lastStart = row.own_past - first - Math.max(length, GRAIN_BYTES);
    const count = Math.min(wanted, Math.floor(lastStart / length) + 1);
    const past = first + count * length;
    this.#shelf.giveUp(row, first, row.own_past - past < GRAIN_BYTES ? row.own_past : past);
    this.#note("keysTaken", row, { first, past, count, ...audience });
    const { origin, sequence } = row;
    return Array.from({ length: count }, (_, index) => {
      const offset = first + index * length;
      return this.#read(
        row,
        this.#ids.encode({ origin, sequence, offset, length }, audience),
        offset,
        length,
      );
    });
  }

  /** Fetches keys that the other site handed out, in the order asked. */
  fetch(keyIds: readonly string[], audience: KeyAudience): CountedKey[] {
    checkAudience(audience);
    const names = new Set(keyIds.map((keyId) => keyId.toLowerCase()));
    if (keyIds.length < 1 || keyIds.length > MAX_KEYS_PER_CALL || names.size !== keyIds.length) {
      throw badRequest(`between 1 and ${MAX_KEYS_PER_CALL} different key IDs are needed`);
    }
    const rows = new Map<string, BlockRow>();
    const wanted = [...names].map((keyId) => this.#locate(keyId, audience, rows));
    const inOrder = wanted.toSorted((a, b) => a.row.id - b.row.id || a.first - b.first);
    for (const run of contiguous(inOrder.filter((key) => !this.#redeliverable(key))))
      this.#mark(run, audience);
    return wanted.map(({ keyId, row, first, past }) => this.#read(row, keyId, first, past - first));
  }

  #locate(keyId: string, audience: KeyAudience, rows: Map<string, BlockRow>): Wanted {
    const { origin, sequence, offset, length } = this.#ids.decode(keyId, audience);
    const name = `${origin}/${sequence}`;
    const row = rows.get(name) ?? this.#deliverable(origin, sequence);
    const past = offset + length;
    if (row === undefined || offset < row.peer_first || past > row.peer_past) throw unknownKey(keyId);
    rows.set(name, row);
    return { keyId, row, first: offset, past };
  }

  /** A valid ID proves that the other site released the block, so a pending one serves too. */
  #deliverable(origin: KeyOrigin, sequence: number): BlockRow | undefined {
    return this.#store.db.one<BlockRow>(
      `SELECT * FROM block WHERE origin = ? AND sequence = ? AND state IN ('pending', 'available')`,
      ...[origin, sequence],
    );
  }

  /** True when this very key was delivered so recently that its reply may have been lost. */
  #redeliverable({ keyId, row, first, past }: Wanted): boolean {
    const before = this.#rangeBefore(row.id, past);
    if (before === undefined || before.past <= first) return false;
    const window = this.#store.db.one<{ past: number; until_ms: number }>(
      "SELECT past, until_ms FROM redelivery WHERE block = ? AND first <= ? ORDER BY first DESC LIMIT 1",
      ...[row.id, first],
    );
    if (window === undefined || window.past < past || window.until_ms <= this.#store.now())
      throw unknownKey(keyId);
    this.#note("keyDeliveredAgain", row, { first, past });
    return true;
  }

  #mark({ row, first, past, count }: Run, audience: KeyAudience): void {
    const { db, now } = this.#store;
    // The other site gave up a rest smaller than a grain; so does this one, or the block would never be finished.
    const end = row.peer_past - past < GRAIN_BYTES ? row.peer_past : past;
    const before = this.#rangeBefore(row.id, past);
    if (before?.past === first && before.first >= row.peer_first) {
      db.run("UPDATE used SET past = ? WHERE block = ? AND first = ?", end, row.id, before.first);
    } else {
      db.run("INSERT INTO used VALUES (?, ?, ?)", row.id, first, end);
    }
    if (this.#redeliveryMs > 0) {
      db.run("INSERT INTO redelivery VALUES (?, ?, ?, ?)", row.id, first, past, now() + this.#redeliveryMs);
    }
    this.#note("keysFetched", row, { first, past, count, ...audience });
  }

  #rangeBefore(rowId: number, past: number): { first: number; past: number } | undefined {
    return this.#store.db.one(
      "SELECT first, past FROM used WHERE block = ? AND first < ? ORDER BY first DESC LIMIT 1",
      ...[rowId, past],
    );
  }

  #read(row: BlockRow, keyId: string, first: number, length: number): CountedKey {
    const bytes = new Uint8Array(length);
    this.#vault.read(row, first, bytes);
    return { keyId, bytes, origin: row.origin, createdAtMs: row.created_at_ms, blockId: row.block_id };
  }

  #note(event: string, row: BlockRow, detail: Record<string, string | number>): void {
    this.#store.audit.append(this.#store.now(), event, { blockId: row.block_id, ...detail });
  }
}

interface Run {
  readonly row: BlockRow;
  readonly first: number;
  readonly past: number;
  readonly count: number;
}

/** Joins neighbouring keys, so that a batch costs one row. */
function contiguous(keys: readonly Wanted[]): Run[] {
  const runs: Run[] = [];
  for (const { row, first, past } of keys) {
    const last = runs.at(-1);
    if (last !== undefined && last.row.id === row.id && last.past === first) {
      runs[runs.length - 1] = { ...last, past, count: last.count + 1 };
    } else {
      runs.push({ row, first, past, count: 1 });
    }
  }
  return runs;
}

function checkRequest(bits: number, count: number, audience: KeyAudience): void {
  checkAudience(audience);
  if (!Number.isInteger(bits) || bits % 8 !== 0 || bits < 8 || bits > KEY_ID_LIMITS.keyBytes * 8) {
    throw badRequest(`a key has 8 to ${KEY_ID_LIMITS.keyBytes * 8} bits, in whole bytes`);
  }
  if (!Number.isInteger(count) || count < 1 || count > MAX_KEYS_PER_CALL) {
    throw badRequest(`one call takes 1 to ${MAX_KEYS_PER_CALL} keys`);
  }
}

function checkAudience({ master, slave }: KeyAudience): void {
  for (const name of [master, slave]) {
    if (typeof name !== "string" || name.length < 1 || name.length > MAX_SAE_LENGTH) {
      throw badRequest(`an SAE ID has 1 to ${MAX_SAE_LENGTH} characters`);
    }
  }
}

function badRequest(sentence: string): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_REQUEST", sentence);
}

function exhausted(origin: KeyOrigin, bits: number, count: number, found: number): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", `the ${origin} pool holds too little key`, {
    retryable: true,
    context: { origin, bits, count, found },
  });
}
