import { KeyQuota } from "./key-quota.ts";

/** How much one SAE may take, on average over a minute; what is left out has no limit. */
export interface QuotaRates {
  readonly quotaBps?: number | undefined;
  readonly quotaKeysPerS?: number | undefined;
}

/** The quota of one SAE: of key bits, of keys, or of both, all of which have to have room. */
export class SaeQuota {
  readonly #bits: KeyQuota | null;
  readonly #keys: KeyQuota | null;

  constructor({ quotaBps, quotaKeysPerS }: QuotaRates, nowMs: number) {
    this.#bits = quotaBps === undefined ? null : new KeyQuota(quotaBps, nowMs);
    this.#keys = quotaKeysPerS === undefined ? null : new KeyQuota(quotaKeysPerS, nowMs);
  }

  /** Seconds until the next request is served; 0 for now. */
  waitS(nowMs: number): number {
    return Math.max(this.#bits?.waitS(nowMs) ?? 0, this.#keys?.waitS(nowMs) ?? 0);
  }

  /** Spend before anything is awaited: requests that come together would all find room. */
  spend(bits: number, keys: number): void {
    this.#bits?.spend(bits);
    this.#keys?.spend(keys);
  }

  /** What was spent on keys that were not to be had. */
  giveBack(bits: number, keys: number): void {
    this.spend(-bits, -keys);
  }
}
