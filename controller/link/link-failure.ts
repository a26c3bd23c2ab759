import { KeyStoreError, LinkError, memoryShortage, QkdError } from "../../errors/index.ts";

/** What `failures$` tells of an error that one end of a link met: only the end of the store's thread is its own end. */
export function linkFailure(error: unknown): QkdError {
  const known = error instanceof QkdError ? error : memoryShortage(error);
  if (known !== null) return known;
  if (error instanceof Error && "code" in error && String(error.code).startsWith("ERR_WORKER"))
    return new KeyStoreError("QKD_KEYSTORE_UNREADABLE", "the store's thread ended", { cause: error });
  return new LinkError("QKD_LINK_FAILED", "the link failed unexpectedly", { cause: error });
}
