import { KeyStoreError, PeerError } from "../../../errors/index.ts";
import type { AtOnce } from "../at-once.ts";
import { AUTH_SEGMENT_BYTES, authBase } from "../auth-layout.ts";
import type { AuthClass, AuthReserve } from "../key-pool.ts";
import { checkPadLength, checkReplenishment } from "../request-limits.ts";
import { reserveLevel } from "../reserve-level.ts";
import { AuthRecovery } from "./auth-recovery.ts";
import type { AuthSegments } from "./auth-segments.ts";
import { releaseShare } from "./auth-shares.ts";
import type { EpsilonSums } from "./epsilon-ledger.ts";
import type { StoreContext } from "./store-context.ts";

/** What may have been used in messages that the other site never saw. */
export const PADS_UNDER_WAY_BYTES = 1024;
const LAST_PAD_OFFSET = authBase(2 ** 32);

type Calls = AtOnce<AuthReserve<Uint8Array>>;

/** Authentication key of both directions, each byte used once. */
export class AuthPads {
  readonly beginRecovery: Calls["beginRecovery"];
  readonly keepRecovery: Calls["keepRecovery"];
  readonly settleRecovery: Calls["settleRecovery"];
  readonly recovery: Calls["recovery"];
  readonly #store: StoreContext;
  readonly #segments: AuthSegments;
  /** Bytes that the secret in force brought to each direction. */
  readonly #placed: number;

  readonly #sums: EpsilonSums;
  readonly #recovery: AuthRecovery;

  constructor(store: StoreContext, segments: AuthSegments, sums: EpsilonSums, placed: number) {
    this.#store = store;
    this.#segments = segments;
    this.#sums = sums;
    this.#placed = placed;
    this.#recovery = new AuthRecovery(store, segments);
    this.beginRecovery = this.#recovery.beginRecovery;
    this.keepRecovery = this.#recovery.keepRecovery;
    this.settleRecovery = this.#recovery.settleRecovery;
    this.recovery = this.#recovery.recovery;
  }

  /** Class of a block whose tags were made with the pads at these offsets. */
  classOf(offsets: readonly number[] = [Number.MAX_SAFE_INTEGER]): AuthClass {
    return this.#recovery.classOf(Math.max(...offsets));
  }

  readonly reserve: Calls["reserve"] = (bytes) => {
    checkPadLength(bytes);
    if (this.#segments.heldBack) {
      throw new PeerError("QKD_AUTH_EXHAUSTED", "own authentication key is held back: its use is not known", {
        context: { bytes },
        remedy:
          "none needed once the other site is connected, unless it has lost count, too: then place a fresh secret at both sites, or let both recover by authRecovery: computational",
      });
    }
    const cursor = this.#segments.cursor("own");
    const row = this.#segments.firstWith(cursor, bytes);
    if (row !== undefined) {
      const offset = Math.max(cursor, row.base);
      this.#sums.padsTaken();
      return { offset, material: this.#segments.use("own", row, offset, bytes) };
    }
    throw new PeerError("QKD_AUTH_EXHAUSTED", "no authentication key is left", { context: { bytes } });
  };

  readonly reserveFromPeer: Calls["reserveFromPeer"] = (offset, bytes) => {
    checkPadLength(bytes);
    const known = Number.isSafeInteger(offset) && offset >= this.#segments.cursor("peer");
    // Also of a share that waits: the peer uses it, so the peer has released the block.
    const row = known ? this.#segments.holding(offset) : undefined;
    if (row === undefined || offset + bytes > row.base + row.bytes) {
      throw new KeyStoreError(
        "QKD_KEYSTORE_CONFLICT",
        "the peer named authentication key that is used or not held",
        {
          context: { offset, bytes },
          remedy: "none needed if single: the block is dropped; otherwise check the peer site and its secret",
        },
      );
    }
    return this.#segments.use("peer", row, offset, bytes);
  };

  readonly replenish: Calls["replenish"] = (sequence, material) => {
    this.#add(sequence, material, null);
  };

  readonly remaining: Calls["remaining"] = () => {
    const own = this.#segments.heldBack ? 0 : this.#segments.left("own");
    return { own, peer: this.#segments.left("peer") };
  };

  readonly witness: Calls["witness"] = () => ({
    heldBack: this.#segments.heldBack,
    seen: this.#segments.cursor("peer"),
    used: this.#segments.cursor("own"),
  });

  readonly resumeFrom: Calls["resumeFrom"] = (offset, peerUsed) => {
    for (const place of [offset, peerUsed])
      if (!Number.isSafeInteger(place) || place < 0 || place > LAST_PAD_OFFSET)
        throw new KeyStoreError("QKD_KEYSTORE_REQUEST", "the offset of authentication key is out of range", {
          context: { offset, peerUsed },
        });
    const { heldBack } = this.#segments;
    if (!heldBack && offset <= this.#segments.cursor("own")) return;
    const own = offset + PADS_UNDER_WAY_BYTES;
    const skipped = heldBack ? this.#segments.letGo(own, peerUsed) : this.#segments.advance("own", own);
    this.#store.audit.append(this.#store.now(), "padsResumed", { offset, skipped, heldBack });
  };

  readonly level: Calls["level"] = () => reserveLevel(this.remaining(), this.#placed);

  readonly held: Calls["held"] = () =>
    this.#segments
      .basesFrom(authBase(0))
      .filter((base) => base % AUTH_SEGMENT_BYTES === 0)
      .map((base) => base / AUTH_SEGMENT_BYTES - 1);

  readonly forget: Calls["forget"] = (sequences) => {
    for (const sequence of sequences) {
      const base = authBase(sequence);
      if (base > 0 && this.#segments.remove(base)) {
        this.#store.audit.append(this.#store.now(), "authForgotten", { sequence });
      }
    }
  };

  /** Enters the share of a pending block; it counts once `release` says that both sites hold the block. */
  hold(blockId: string, sequence: number, material: Uint8Array): void {
    this.#add(sequence, material, blockId);
  }

  /** The block became available: so does its share. */
  release(blockId: string): void {
    releaseShare(this.#store.db, this.#store.pair, blockId);
  }

  /** Nothing happens when the material was added before, also when it is used up since. */
  #add(sequence: number, material: Uint8Array, waitingFor: string | null): void {
    checkReplenishment(sequence, material.length);
    const base = authBase(sequence);
    const past = base + material.length / 2;
    if (past <= Math.min(this.#segments.cursor("own"), this.#segments.cursor("peer"))) return;
    // Held already; or a site that lives on recovered pads without a block for long has put some there.
    if (this.#segments.overlaps(base, past)) return;
    this.#segments.insert(base, material, waitingFor);
    this.#store.audit.append(this.#store.now(), "authReplenished", { sequence, bytes: material.length });
  }
}
