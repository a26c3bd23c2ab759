import type { SecretBytes } from "../../protocol/index.ts";
import type { BlockEpsilon, OpenKeyPool, SiteRole } from "./key-pool.ts";

/** What a node keeps for the keys that it shares with one other node. */
export interface PairStoreOptions {
  /** Names the pair at both nodes. */
  readonly linkId: string;
  readonly site: SiteRole;
  /** The secret placed at both nodes beforehand, whole. Not changed, not kept. */
  readonly linkSecret: SecretBytes;
  readonly epsilonOfAttempt?: BlockEpsilon;
}

/** A node's key store: a part for each pair of nodes. */
export interface NodeStore {
  /**
   * Opens the part of a pair, made where it is missing; `pool.close()` closes it alone. KeyStoreError and ConfigError as
   * `openKeyPool`.
   */
  pair(options: PairStoreOptions): Promise<OpenKeyPool>;
  /** Closes every part. Idempotent. */
  close(): Promise<void>;
}
