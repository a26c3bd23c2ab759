import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileReason, InternalError, KeyStoreError } from "../../../errors/index.ts";
import type { SiteRole } from "../key-pool.ts";
import { deriveKey } from "../sealing.ts";
import {
  type AnchorSeal,
  decodeSlot,
  encodeSlot,
  OWNER_BYTES,
  SLOT_BYTES,
  type Slot,
} from "./anchor-codec.ts";
import { AnchorFile } from "./anchor-file.ts";
import type { AnchorRecord, AuditHead } from "./anchor-record.ts";
import { type AnchorEffect, type AnchorEvent, type AnchorState, closedAnchor, decide } from "./decide.ts";
import { type DatabaseFacts, newestRecord } from "./judge-opening.ts";
import type { OpeningPlan } from "./opening-plan.ts";
import type { Reach } from "./reach.ts";

/** Whose anchor this is. */
export interface AnchorOwner {
  readonly path: string;
  /** The store's key file. */
  readonly kek: Uint8Array;
  readonly linkId: string;
  readonly site: SiteRole;
}

/** Whose anchor this is, and how it is kept. */
export interface AnchorSettings extends AnchorOwner {
  readonly leaseBytes: number;
  readonly now: () => number;
  /** Told of each effect once it is done; what it throws ends the store's work there. */
  readonly watch?: ((effect: AnchorEffect) => void) | undefined;
}

/** Makes work durable; `anchorVersion` is noted in the database with it. */
export type Commit = (anchorVersion: number | null) => void;

/** Does what `decide` asks for, in its order: slots here, commits where the store keeps its tables. */
export class Anchor {
  readonly #file: AnchorFile;
  readonly #key: Uint8Array;
  readonly #seal: AnchorSeal;
  readonly #now: () => number;
  readonly #watch: AnchorSettings["watch"];
  readonly #slots: readonly Slot[];
  #state: AnchorState;

  /** Opens or makes the file. KeyStoreError as `AnchorFile.open`; QKD_KEYSTORE_CONFLICT for another store's. */
  constructor({ path, kek, linkId, site, leaseBytes, now, watch }: AnchorSettings) {
    this.#key = deriveKey(kek, "anchor");
    this.#seal = sealOf(this.#key, linkId, site);
    this.#now = now;
    this.#watch = watch;
    this.#state = closedAnchor(leaseBytes);
    this.#file = AnchorFile.open(path);
    this.#slots = this.#file.read().map((bytes) => decodeSlot(bytes, this.#seal));
    if (this.newest === null && this.#slots.some(({ type }) => type === "foreign")) {
      this.release();
      throw new KeyStoreError("QKD_KEYSTORE_CONFLICT", `the anchor ${path} belongs to another key store`, {
        context: { path },
        remedy: "put the anchor that belongs to this store back; move this one to its own store",
      });
    }
  }

  /**
   * The record that counts of an anchor that nobody has open, which stays as it is; null where it holds none of this key
   * file, link and site. QKD_KEYSTORE_UNREADABLE for a file that cannot be read.
   */
  static read({ path, kek, linkId, site }: AnchorOwner): AnchorRecord | null {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(path);
    } catch (cause) {
      throw new KeyStoreError(
        "QKD_KEYSTORE_UNREADABLE",
        `the anchor ${path} cannot be read: ${fileReason(cause)}`,
        {
          context: { path },
          cause,
          remedy:
            "name the store where its site keeps it, beside its anchor, and run this as the site's user",
        },
      );
    }
    const key = deriveKey(kek, "anchor");
    const seal = sealOf(key, linkId, site);
    const slots = [0, SLOT_BYTES].map((from) => decodeSlot(bytes.subarray(from, from + SLOT_BYTES), seal));
    key.fill(0);
    return newestRecord(slots);
  }

  /** The record that counts, as it was found; null for none. */
  get newest(): AnchorRecord | null {
    return newestRecord(this.#slots);
  }

  /** Judges the database, null without tables, and has `commit` carry out what follows; the plan that was carried out. */
  open(facts: DatabaseFacts | null, freshStoreId: string, commit: (plan: OpeningPlan) => void): OpeningPlan {
    const done: OpeningPlan[] = [];
    const event = { type: "open", nowMs: this.#now(), slots: this.#slots, facts, freshStoreId } as const;
    this.#run(event, (effect) => {
      if (effect.type !== "commit" || effect.plan === null) return;
      done.push(effect.plan);
      commit(effect.plan);
    });
    const [plan] = done;
    if (plan === undefined) throw new InternalError("QKD_INTERNAL", "an opening commits");
    return plan;
  }

  /** The opening is durable: from now on the anchor covers what leaves. True where somebody should be told. */
  opened(head: AuditHead, reach: Reach): boolean {
    let alarm = false;
    this.#run({ type: "opened", nowMs: this.#now(), head, reach }, (effect) => {
      alarm ||= effect.type === "alarm";
    });
    return alarm;
  }

  /** Has work committed once the anchor covers it. */
  work(head: AuditHead, reach: Reach, commit: Commit): void {
    this.#run({ type: "work", nowMs: this.#now(), head, reach }, (effect) => {
      if (effect.type === "commit") commit(effect.anchorVersion);
    });
    this.#state = decide(this.#state, { type: "committed", reach }).state;
  }

  /** All is durable and nothing more will be asked: the next opening need not burn anything. Ends the file. */
  close(head: AuditHead): void {
    try {
      this.#run({ type: "close", nowMs: this.#now(), head }, () => undefined);
    } finally {
      this.release();
    }
  }

  /** Leaves the file as a crash would. */
  release(): void {
    this.#key.fill(0);
    this.#file.close();
  }

  #run(event: AnchorEvent, carryOut: (effect: Exclude<AnchorEffect, { type: "anchor" }>) => void): void {
    const { state, effects } = decide(this.#state, event);
    // Versions of slots that were written for nothing are not given again.
    this.#state = { ...this.#state, nextVersion: state.nextVersion };
    for (const effect of effects) {
      if (effect.type === "anchor") this.#file.write(effect.slot, encodeSlot(effect.record, this.#seal));
      else carryOut(effect);
      this.#watch?.(effect);
    }
    this.#state = state;
  }
}

/** Whose slots a key can read and write. */
function sealOf(key: Uint8Array, linkId: string, site: SiteRole): AnchorSeal {
  const mac = (bytes: Uint8Array) => createHmac("sha256", key).update(bytes).digest();
  const owner = mac(Buffer.from(JSON.stringify(["owner", linkId, site]))).subarray(0, OWNER_BYTES);
  return { owner, mac };
}
