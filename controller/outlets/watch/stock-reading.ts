import { QkdError } from "../../../errors/index.ts";
import type { KeyAccess } from "../../link/key-access.ts";
import type { HealthView, PoolView, StockView } from "../api/index.ts";

const ORIGINS = ["qkd", "pqc"] as const;

/** Levels of the pool, asked one look after the other. */
export class StockReading {
  readonly #pool: KeyAccess;
  readonly #failed: (error: QkdError) => void;
  #stocks: readonly StockView[] = [];
  #asking = false;

  constructor(pool: KeyAccess, failed: (error: QkdError) => void) {
    this.#pool = pool;
    this.#failed = failed;
  }

  /** Asks anew unless an answer is outstanding. Never rejects. */
  async look(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const levels = await Promise.all(ORIGINS.map((origin) => this.#pool.status(origin)));
      this.#stocks = levels.map(({ availableBits, peerBits, capacityBits }, index) => ({
        origin: ORIGINS[index] ?? "qkd",
        ownBits: availableBits,
        peerBits,
        halfBits: Math.floor(capacityBits / 2),
      }));
    } catch (error) {
      if (!(error instanceof QkdError)) throw error;
      this.#failed(error);
    } finally {
      this.#asking = false;
    }
  }

  /** Own bits of quantum key, or null before the first look. */
  get ownBits(): number | null {
    return this.#stocks[0]?.ownBits ?? null;
  }

  view(atMs: number, { usedBps, madeBps }: Pick<HealthView, "usedBps" | "madeBps">): PoolView {
    const bits = this.ownBits ?? 0;
    // Half of a block is the other site's to hand out.
    const netBps = usedBps - (madeBps ?? 0) / 2;
    return {
      atMs,
      stocks: this.#stocks,
      lastsS: usedBps > 0 ? bits / usedBps : null,
      drainsInS: netBps > 0 && usedBps > 0 ? bits / netBps : null,
    };
  }
}
