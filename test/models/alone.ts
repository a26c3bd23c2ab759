import type { SqliteStore } from "../../controller/pool/sqlite/sqlite-store.ts";

/** The value of one piece of work in a transaction of its own; throws its error. */
export function alone<T>(store: SqliteStore, work: () => T): T {
  const [outcome] = store.transact([work]);
  if (outcome === undefined || "error" in outcome) throw outcome?.error;
  return outcome.value;
}
