import type { KeyOrigin } from "../pool/key-origin.ts";

/** One answer of key delivery, as it is counted. */
export interface Answered {
  /** Null for a caller that is nobody. */
  readonly sae: string | null;
  readonly call: "enc_keys" | "dec_keys" | "status" | "other";
  readonly status: number;
  readonly durationMs: number;
  /** What was handed out; null where nothing was. */
  readonly gave: { readonly origin: KeyOrigin; readonly keys: number; readonly bits: number } | null;
}

/** What one application got since the start. */
export interface SaeUsage {
  readonly sae: string;
  readonly keys: number;
  /** Of the keys that it took; those that it fetched were handed out at the other site. */
  readonly takenBits: number;
  /** Requests refused for want of keys. */
  readonly refused: number;
  readonly lastOrigin: KeyOrigin | null;
  /** The last answers with keys, milliseconds, newest last. */
  readonly latenciesMs: readonly number[];
}

const LATENCIES = 100;
/** A trusted authority may sign more applications than are worth remembering. */
const MOST_SAES = 1024;

/** Counts what key delivery hands out, to whom, how soon. No key comes near it. */
export class DeliveryUsage {
  readonly #ofSae = new Map<string, SaeUsage>();
  readonly #listeners = new Set<(answered: Answered) => void>();

  /** Every answer from now on; returns what ends it. */
  follow(listener: (answered: Answered) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Applications in the order in which they came, 1024 at most. */
  get applications(): readonly SaeUsage[] {
    return [...this.#ofSae.values()];
  }

  add(answered: Answered): void {
    for (const listener of this.#listeners) listener(answered);
    const { sae, call, status, durationMs, gave } = answered;
    if (sae === null || call === "status" || call === "other") return;
    const before = this.#ofSae.get(sae);
    if (before === undefined && this.#ofSae.size >= MOST_SAES) return;
    const { keys = 0, takenBits = 0, refused = 0, lastOrigin = null, latenciesMs = [] } = before ?? {};
    this.#ofSae.set(sae, {
      sae,
      keys: keys + (gave?.keys ?? 0),
      takenBits: takenBits + (call === "enc_keys" ? (gave?.bits ?? 0) : 0),
      refused: refused + Number(status === 503),
      lastOrigin: gave?.origin ?? lastOrigin,
      latenciesMs: gave === null ? latenciesMs : [...latenciesMs, durationMs].slice(-LATENCIES),
    });
  }
}
