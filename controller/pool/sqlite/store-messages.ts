import { KeyStoreError, type PlainError, plainError, QkdError } from "../../../errors/index.ts";
import type { ContractCall } from "../contract-calls.ts";
import type { SqliteStoreSettings } from "./sqlite-store.ts";

/** What the store's thread is started with. */
export interface StoreThreadData {
  readonly settings: Omit<SqliteStoreSettings, "now" | "watch" | "writeRoot">;
  readonly sweepEveryMs: number;
}

/** To the thread: a call of the contract. Key material travels bare: a copy of SecretBytes would be empty. */
export interface StoreRequest {
  readonly id: number;
  readonly call: ContractCall;
}

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
