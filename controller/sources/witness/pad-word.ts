import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { PeerValueOf, reserveSeen } from "../../../protocol/index.ts";
import type { SiteRole } from "../../pool/key-pool.ts";
import type { RecoveryLink } from "../recovery/recovery-exchange.ts";

type Word = PeerValueOf<typeof reserveSeen>;

/**
 * The word of a site under the link key, on one question of one connection (SPEC-PEER 7.4). No pad proves it: who has lost
 * count could not tell whether that one was used before.
 */
export function padWord(link: RecoveryLink, speaker: SiteRole, told: Omit<Word, "mac">): Word {
  return { ...told, mac: proofOf(link, speaker, told) };
}

/** Whether the word is that of `speaker`, who knows the link key. */
export function wordHolds(link: RecoveryLink, speaker: SiteRole, { mac, ...told }: Word): boolean {
  return timingSafeEqual(proofOf(link, speaker, told), mac);
}

function proofOf({ linkId, linkKey }: RecoveryLink, speaker: SiteRole, told: Omit<Word, "mac">): Uint8Array {
  const key = Buffer.from(hkdfSync("sha256", linkKey, linkId, "qkdlink reserve witness", 32));
  const nonce = Buffer.from(told.nonce).toString("hex");
  const text = JSON.stringify([speaker, nonce, told.sure, told.seen, told.used]);
  const proof = new Uint8Array(createHmac("sha256", key).update(text).digest());
  key.fill(0);
  return proof;
}
