import { KeyStoreError, type PlainError, plainError, QkdError } from "../../../errors/index.ts";
import type { ContractCall } from "../contract-calls.ts";
import type { PairSettings } from "./pair-part.ts";
import type { SqliteStoreSettings } from "./sqlite-store.ts";

/** What the store's thread is started with. */
export interface StoreThreadData {
  readonly settings: Omit<SqliteStoreSettings, "now" | "watch" | "writeRoot">;
  readonly sweepEveryMs: number;
}

/** The place of a pair in an open store: 0 for the one that it was opened with. */
export type PairPlace = number;

/** What a further pair is opened with. */
export type FurtherPair = Omit<PairSettings, "watch">;

/**
 * To the thread: a call of the contract to one pair, a further pair to open, or one to end. Key material travels bare: a
 * copy of SecretBytes would be empty.
 */
export type StoreRequest =
  | { readonly id: number; readonly call: ContractCall; readonly pair: PairPlace }
  | { readonly id: number; readonly open: FurtherPair }
  | { readonly id: number; readonly shut: PairPlace };

/** From the thread; id 0 answers the opening. */
export type StoreReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: PlainError };

export function toPlainError(error: unknown): PlainError {
  const known =
    error instanceof QkdError
      ? error
      : new KeyStoreError("QKD_KEYSTORE_UNREADABLE", `the key store failed: ${String(error)}`);
  return plainError(known);
}
