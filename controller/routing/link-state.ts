import type { PeerValueOf, RELAY_RANKS, relayLinks } from "../../protocol/index.ts";

/** What a node says of all its links. */
export type LinkReport = PeerValueOf<typeof relayLinks>;
/** What a node says of one link: of its own half towards that neighbour. */
export type LinkState = LinkReport["links"][number];
/** How urgent a use of key is, the most urgent first. */
export type KeyRank = keyof typeof RELAY_RANKS;
