/** Kinds of one owner, both ends included. */
export interface KindRange {
  readonly first: number;
  readonly last: number;
}

/** Who a message between controllers belongs to, and the kinds that are its own. */
export const PEER_OWNERS = {
  connection: { first: 0x01, last: 0x07 },
  agreement: { first: 0x08, last: 0x0f },
  distillation: { first: 0x10, last: 0x3f },
  pqc: { first: 0x40, last: 0x4f },
  relay: { first: 0x50, last: 0x6f },
  reserve: { first: 0x90, last: 0x97 },
  network: { first: 0x98, last: 0x9f },
  hybrid: { first: 0xa0, last: 0xa7 },
  streams: { first: 0xa8, last: 0xaf },
} as const satisfies Readonly<Record<string, KindRange>>;

/** Kinds kept for owners that do not speak yet. */
export const PEER_RESERVED = {
  tunnels: { first: 0x70, last: 0x8f },
} as const satisfies Readonly<Record<string, KindRange>>;

/** Name of an owner of messages between controllers. */
export type PeerOwner = keyof typeof PEER_OWNERS;
