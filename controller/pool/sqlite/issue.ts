import { KeyStoreError } from "../../../errors/index.ts";
import { keyReach } from "../anchor/reach.ts";
import type { AtOnce } from "../at-once.ts";
import { keysWithin, usedUpTo } from "../block-halves.ts";
import type { KeyIds } from "../key-id.ts";
import type { KeyPool, TakeManyRequest, TakenKey } from "../key-pool.ts";
import { checkTake } from "../request-limits.ts";
import { keyFacts } from "./key-facts.ts";
import type { SealedBlocks } from "./sealed-blocks.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";
import { EXTEND_USED, START_USED } from "./used-ranges.ts";

/** Issues keys from this site's half: marks ranges used, then reads them. */
export class KeyIssue {
  readonly #store: StoreContext;
  readonly #sealed: SealedBlocks;
  readonly #ids: KeyIds;

  constructor(store: StoreContext, sealed: SealedBlocks, ids: KeyIds) {
    this.#store = store;
    this.#sealed = sealed;
    this.#ids = ids;
  }

  readonly takeMany: AtOnce<KeyPool<Uint8Array>>["takeMany"] = (request) => {
    checkTake(request);
    const { bits, count, audience, origin } = request;
    const { db, audit, now, pair } = this.#store;
    const length = bits / 8;
    const keys: TakenKey<Uint8Array>[] = [];
    let sequence = -1;
    while (keys.length < count) {
      const row = db.one<BlockRow>(
        `SELECT * FROM block WHERE pair = ? AND origin = ? AND state = 'available' AND sequence > ?
          AND own_past - own_first - own_used >= ? ORDER BY sequence LIMIT 1`,
        pair,
        origin,
        sequence,
        length,
      );
      if (row === undefined) throw exhausted(request, keys.length);
      sequence = row.sequence;
      const { own_first: ownFirst, own_past: ownPast } = row;
      if (ownFirst === null || ownPast === null) throw exhausted(request, keys.length);
      const rest = { first: ownFirst + row.own_used, past: ownPast };
      const { first } = rest;
      const here = keysWithin(rest, length, count - keys.length);
      const past = first + here * length;
      const mark = row.own_used === 0 ? START_USED : EXTEND_USED;
      const used = usedUpTo(past, rest);
      db.run(mark, row.id, ownFirst, used);
      this.#store.reach.note(keyReach(origin, { own: { sequence, offset: used - ownFirst } }));
      audit.append(now(), "keysTaken", { blockId: row.block_id, first, past, count: here, ...audience });
      for (let offset = first; offset < past; offset += length) {
        const keyId = this.#ids.encode({ origin, sequence, offset, length }, audience);
        const key = new Uint8Array(length);
        this.#sealed.read(row, offset, key);
        keys.push({ keyId, key, ...keyFacts(row) });
      }
    }
    return keys;
  };
}

function exhausted({ origin, bits, count }: TakeManyRequest, found: number): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", `the ${origin} pool holds too little key`, {
    retryable: true,
    context: { origin, bits, count, found },
  });
}
