import { KeyStoreError } from "../../../errors/index.ts";
import type { AtOnce } from "../at-once.ts";
import type { ByteRange } from "../block-halves.ts";
import { type KeyIds, unknownKey } from "../key-id.ts";
import type { KeyAudience, KeyOrigin, KeyPool } from "../key-pool.ts";
import { checkFetch } from "../request-limits.ts";
import { fetchable, markFetched, usedBefore } from "./fetched-ranges.ts";
import { keyFacts } from "./key-facts.ts";
import type { SealedBlocks } from "./sealed-blocks.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";

interface WantedKey extends ByteRange {
  readonly keyId: string;
  readonly row: BlockRow;
}

/** Neighbouring keys of one block, which cost one row. */
interface KeyRun extends ByteRange {
  readonly row: BlockRow;
  readonly count: number;
}

/** Gives keys that the other site handed out: finds them by their IDs, marks them used, then reads them. */
export class KeyFetch {
  readonly #store: StoreContext;
  readonly #sealed: SealedBlocks;
  readonly #ids: KeyIds;
  readonly #redeliveryMs: number;

  constructor(store: StoreContext, sealed: SealedBlocks, ids: KeyIds, redeliveryMs: number) {
    this.#store = store;
    this.#sealed = sealed;
    this.#ids = ids;
    this.#redeliveryMs = redeliveryMs;
  }

  readonly takeByIds: AtOnce<KeyPool<Uint8Array>>["takeByIds"] = (keyIds, audience, origins) => {
    const rows = new Map<string, BlockRow>();
    const wanted = checkFetch(keyIds, audience).map((keyId) => this.#locate(keyId, audience, rows));
    for (const { keyId, row } of wanted)
      if (origins?.includes(row.origin) === false) throw notTaken(keyId, row.origin);
    const inOrder = wanted.toSorted((a, b) => a.row.id - b.row.id || a.first - b.first);
    const fresh = inOrder.filter((key) => !this.#redeliverable(key));
    for (const run of neighbours(fresh)) this.#mark(run, audience);
    return wanted.map(({ keyId, row, first, past }) => {
      const key = new Uint8Array(past - first);
      this.#sealed.read(row, first, key);
      return { keyId, key, ...keyFacts(row) };
    });
  };

  #locate(keyId: string, audience: KeyAudience, rows: Map<string, BlockRow>): WantedKey {
    const { origin, sequence, offset, length } = this.#ids.decode(keyId, audience);
    const name = `${origin}/${sequence}`;
    const row = rows.get(name) ?? this.#deliverable(origin, sequence);
    const past = offset + length;
    if (row === undefined) throw unknownKey(keyId);
    const half = fetchable(row);
    if (offset < half.first || past > half.past) throw unknownKey(keyId);
    rows.set(name, row);
    return { keyId, row, first: offset, past };
  }

  #deliverable(origin: KeyOrigin, sequence: number): BlockRow | undefined {
    return this.#store.db.one<BlockRow>(
      `SELECT * FROM block WHERE pair = ? AND origin = ? AND sequence = ?
        AND (state = 'available' OR (state = 'pending' AND proposed = 0))`,
      this.#store.pair,
      origin,
      sequence,
    );
  }

  /** True when this very key was delivered so recently that its reply may have been lost. */
  #redeliverable({ keyId, row, first, past }: WantedKey): boolean {
    const { db, now } = this.#store;
    const before = usedBefore(this.#store, row.id, past);
    if (before === undefined || before.past <= first) return false;
    const window = db.one<{ past: number; until_ms: number }>(
      "SELECT past, until_ms FROM redelivery WHERE block = ? AND first <= ? ORDER BY first DESC LIMIT 1",
      row.id,
      first,
    );
    if (window === undefined || window.past < past || window.until_ms <= now()) throw unknownKey(keyId);
    this.#note("keyDeliveredAgain", row, { first, past });
    return true;
  }

  #mark({ row, first, past, count }: KeyRun, audience: KeyAudience): void {
    const { db, now } = this.#store;
    markFetched(this.#store, row, { first, past });
    if (this.#redeliveryMs > 0) {
      db.run("INSERT INTO redelivery VALUES (?, ?, ?, ?)", row.id, first, past, now() + this.#redeliveryMs);
    }
    this.#note("keysFetched", row, { first, past, count, ...audience });
  }

  #note(event: string, row: BlockRow, detail: Record<string, string | number>): void {
    this.#store.audit.append(this.#store.now(), event, { blockId: row.block_id, ...detail });
  }
}

function notTaken(keyId: string, origin: KeyOrigin): KeyStoreError {
  return new KeyStoreError(
    "QKD_KEYSTORE_FORBIDDEN",
    "the key is of an origin that the caller does not take",
    {
      context: { keyId, origin },
      remedy: "let both SAEs take keys of this origin",
    },
  );
}

function neighbours(keys: readonly WantedKey[]): KeyRun[] {
  const runs: KeyRun[] = [];
  for (const { row, first, past } of keys) {
    const last = runs.at(-1);
    if (last !== undefined && last.row.id === row.id && last.past === first) {
      runs[runs.length - 1] = { row, first: last.first, past, count: last.count + 1 };
    } else {
      runs.push({ row, first, past, count: 1 });
    }
  }
  return runs;
}
