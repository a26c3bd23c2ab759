import { KeyStoreError } from "../../../errors/index.ts";

/** The refusal of calls after the end. */
export function closedStore(): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_UNREADABLE", "the key store is closed", { remedy: "open it again" });
}
