import {
  type KindRange,
  PEER_MESSAGES,
  PEER_OWNERS,
  PEER_RESERVED,
  type PeerMessage,
} from "../../protocol/index.ts";
import { fieldTable, hex, table } from "./spec-tables.ts";

/** Owners and the kinds that are theirs. */
export function ownerTable(): string {
  const rows = (owners: Readonly<Record<string, KindRange>>, state: string): string[][] =>
    Object.entries(owners).map(([owner, { first, last }]) => [
      owner,
      `${hex(first, 2)} to ${hex(last, 2)}`,
      state,
    ]);
  return table(
    ["owner", "kinds", "state"],
    [...rows(PEER_OWNERS, "in use"), ...rows(PEER_RESERVED, "kept free")],
  );
}

/** Every message with what holds for it as a whole. */
export function peerCatalogTable(): string {
  return table(
    ["kind", "name", "from", "largest body", "under the tag", "meaning"],
    PEER_MESSAGES.map(({ kind, name, from, limitBytes, tagged, meaning }) => [
      hex(kind, 2),
      `\`${name}\``,
      from,
      limitBytes.toLocaleString("en"),
      tagged ? "yes" : "no",
      meaning,
    ]),
  );
}

/** One section for each message, with its field table. */
export function peerMessageSections(): string[] {
  return PEER_MESSAGES.map(
    ({ name, kind, rows }) => `### \`${name}\` (${hex(kind, 2)})\n\n${fieldTable(rows)}`,
  );
}

/** Names of the fields whose bytes are never shown in words. */
export function redactedFields(messages: readonly PeerMessage<unknown>[] = PEER_MESSAGES): string[] {
  return messages.flatMap(({ name, rows }) =>
    rows.filter(({ redacted }) => redacted === true).map((row) => `\`${name}\` ${row.name}`),
  );
}
