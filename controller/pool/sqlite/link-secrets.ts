import { createHmac } from "node:crypto";
import { KeyStoreError } from "../../../errors/index.ts";
import type { PadAnchor } from "../anchor/anchor-record.ts";
import { LINK_KEY_BYTES } from "../link-secret.ts";
import { deriveKey } from "../sealing.ts";
import { AuthSegments } from "./auth-segments.ts";
import type { Database } from "./database.ts";
import type { StoreContext } from "./store-context.ts";
import { pads, secretName } from "./table-facts.ts";

/**
 * Loads the pre-placed secret, once: a secret that this store knows as its current one adds nothing; a new one
 * replaces the older as soon as a pad of it is used; one that was replaced so is refused with QKD_KEYSTORE_CONFLICT.
 * Until then, as long as nothing was agreed under the new one, the older may come back: somebody took the wrong file.
 * `anchored`: secrets that the anchor knows, in the order of their use, which the database may have lost.
 * Returns the segments under the secret in force.
 */
export function loadLinkSecret(
  store: StoreContext,
  secret: Uint8Array,
  anchored: readonly PadAnchor[],
): AuthSegments {
  const { db, wrappingKey, audit, now, pair } = store;
  const fingerprint = createHmac("sha256", deriveKey(wrappingKey, "secret fingerprint"))
    .update(secret)
    .digest();
  const newest =
    db.one<{ epoch: number }>("SELECT coalesce(max(epoch), 0) AS epoch FROM secret_seen")?.epoch ?? 0;
  const known = db.one<{ epoch: number; pair: number }>(
    "SELECT epoch, pair FROM secret_seen WHERE fingerprint = ?",
    fingerprint,
  );
  if (known !== undefined && known.pair !== pair)
    throw new KeyStoreError("QKD_KEYSTORE_CONFLICT", "this pre-placed secret is that of another link, too", {
      remedy:
        "make one for each link (qkdlink secret --out FILE), place that file at both ends, and restart both",
    });
  const name = secretName(fingerprint);
  if (succeeded(pads(db, pair), name) || succeeded(anchored, name) || agreedBehind(db, pair, known?.epoch)) {
    throw new KeyStoreError("QKD_KEYSTORE_CONFLICT", "this pre-placed secret was used and replaced before", {
      remedy: "make a fresh one (qkdlink secret --out FILE), place that file at both sites, and restart both",
    });
  }
  if (known !== undefined) return new AuthSegments(store, known.epoch, name);
  const number = newest + 1;
  db.run("INSERT INTO secret_seen VALUES (?, ?, ?)", number, pair, fingerprint);
  for (const direction of ["own", "peer"]) {
    db.run("INSERT INTO auth_cursor VALUES (?, ?, 0)", number, direction);
  }
  const placed = secret.subarray(LINK_KEY_BYTES);
  const segments = new AuthSegments(store, number, name);
  segments.insert(0, placed, null);
  audit.append(now(), "authBootstrapped", { secret: number, bytes: placed.length });
  return segments;
}

/** Whether pads of a secret that came later were used, or may have been. */
function succeeded(inOrder: readonly PadAnchor[], name: string): boolean {
  const at = inOrder.findIndex(({ secret }) => secret === name);
  return at >= 0 && inOrder.slice(at + 1).some(({ own, peer, held }) => own > 0 || peer > 0 || held);
}

/** Whether both sites made anything together under a secret that came later. */
function agreedBehind(db: Database, pair: number, secret: number | undefined): boolean {
  if (secret === undefined) return false;
  return (
    db.one(
      `SELECT 1 FROM epsilon_origin WHERE secret > ?
        AND secret IN (SELECT epoch FROM secret_seen WHERE pair = ?)`,
      secret,
      pair,
    ) !== undefined
  );
}
