import { choice, hexBytes, text8 } from "../../codec/kit.ts";

/** What the authentication behind a pad rests on, by its number on the wire. */
export const PAD_CLASSES = { "information-theoretic": 0, computational: 1 } as const;

/** How urgent a use of pads is, the most urgent first, by its number on the wire. */
export const RELAY_RANKS = { critical: 0, ordinary: 1, background: 2 } as const;

export const relayedBlockId = () => hexBytes(16, "id of the relayed block (7.6)");
export const nodeName = (meaning: string) => text8(meaning);
export const relayRank = () => choice(RELAY_RANKS, "how urgent the key is");
export const padClass = (meaning: string) => choice(PAD_CLASSES, meaning);
