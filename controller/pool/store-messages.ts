import { KeyStoreError, type PlainError, plainError, QkdError } from "../../errors/index.ts";
import type { ShelfBlock } from "./block-shelf.ts";
import type { KeyStore, KeyStoreSettings } from "./key-store.ts";

/** Methods of the store that a thread may call in one step. */
export type StoreMethod = Exclude<keyof KeyStore, "transact" | "close" | "relieve" | "adding" | "abandon">;
export type StoreArguments<M extends StoreMethod> = Parameters<KeyStore[M]>;
export type StoreResult<M extends StoreMethod> = ReturnType<KeyStore[M]>;

/** What the worker is started with. */
export interface StoreWorkerData {
  readonly settings: Omit<KeyStoreSettings, "now">;
  readonly sweepEveryMs: number;
}

/** To the worker: a call, a block to store, or the wish to close. */
export type StoreRequest =
  | { readonly id: number; readonly method: "addPending"; readonly block: ShelfBlock }
  | { readonly id: number; readonly method: StoreMethod; readonly args: readonly unknown[] }
  | { readonly id: number; readonly method: "close" };

/** From the worker; id 0 answers the opening. */
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
