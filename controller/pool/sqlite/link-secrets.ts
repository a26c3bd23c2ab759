import { createHmac } from "node:crypto";
import { KeyStoreError } from "../../../errors/index.ts";
import type { PadAnchor } from "../anchor/anchor-record.ts";
import { LINK_KEY_BYTES } from "../link-secret.ts";
import { deriveKey } from "../sealing.ts";
import { AuthSegments } from "./auth-segments.ts";
import type { StoreContext } from "./store-context.ts";
import { secretName } from "./table-facts.ts";

/**
 * Loads the pre-placed secret, once: a secret that this store knows as its current one adds nothing; a new one
 * replaces all older material; one that was replaced earlier is refused with QKD_KEYSTORE_CONFLICT, because its pads
 * were used. `anchored`: secrets that the anchor knows, in the order of their use, which the database may have lost.
 * Returns the segments under the secret in force, and whether the database knew it.
 */
export function loadLinkSecret(
  store: StoreContext,
  secret: Uint8Array,
  anchored: readonly PadAnchor[],
): { readonly segments: AuthSegments; readonly known: boolean } {
  const { db, wrappingKey, audit, now } = store;
  const fingerprint = createHmac("sha256", deriveKey(wrappingKey, "secret fingerprint"))
    .update(secret)
    .digest();
  const newest =
    db.one<{ epoch: number }>("SELECT coalesce(max(epoch), 0) AS epoch FROM secret_seen")?.epoch ?? 0;
  const known = db.one<{ epoch: number }>("SELECT epoch FROM secret_seen WHERE fingerprint = ?", fingerprint);
  const name = secretName(fingerprint);
  const replaced = anchored.some((pad) => pad.secret === name) && anchored.at(-1)?.secret !== name;
  if (replaced || (known !== undefined && known.epoch !== newest)) {
    throw new KeyStoreError("QKD_KEYSTORE_CONFLICT", "this pre-placed secret was used and replaced before", {
      remedy: "place a fresh secret at both sites",
    });
  }
  if (known !== undefined) return { segments: new AuthSegments(store, newest, name), known: true };
  const number = newest + 1;
  db.run("INSERT INTO secret_seen VALUES (?, ?)", number, fingerprint);
  db.run("DELETE FROM auth_segment");
  for (const direction of ["own", "peer"]) {
    db.run("INSERT INTO auth_cursor VALUES (?, ?, 0)", number, direction);
  }
  const pads = secret.subarray(LINK_KEY_BYTES);
  const segments = new AuthSegments(store, number, name);
  segments.insert(0, pads, null);
  audit.append(now(), "authBootstrapped", { secret: number, bytes: pads.length });
  return { segments, known: false };
}
