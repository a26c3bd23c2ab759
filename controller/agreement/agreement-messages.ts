import { PeerError } from "../../errors/index.ts";

/** Kinds of the block agreement on the peer channel. */
export const AGREEMENT_KIND = { stored: 0x08, query: 0x09, answer: 0x0a } as const;

/** True for the messages of the block agreement. */
export function isAgreementKind(kind: number): boolean {
  return kind === AGREEMENT_KIND.stored || kind === AGREEMENT_KIND.query || kind === AGREEMENT_KIND.answer;
}

/** What a site knows of a block. */
export type BlockState = "absent" | "pending" | "available" | "spent";

const STATES: readonly BlockState[] = ["absent", "pending", "available", "spent"];
const ID_BYTES = 16;
/** Blocks in one message, at most: what cannot be settled at once is asked for again. */
export const MAX_IDS = 4096;

/** Ids back to back, 16 bytes each. */
export function encodeIds(ids: readonly string[]): Uint8Array {
  return Buffer.from(ids.join(""), "hex");
}

/** Inverse of `encodeIds`. Throws PeerError. */
export function decodeIds(body: Uint8Array): string[] {
  if (body.length % ID_BYTES !== 0 || body.length > MAX_IDS * ID_BYTES) throw malformed();
  const hex = Buffer.from(body).toString("hex");
  return hex.match(/.{32}/g) ?? [];
}

/** Each id followed by one byte of state. */
export function encodeStates(states: ReadonlyMap<string, BlockState>): Uint8Array {
  return Buffer.from([...states].map(([id, state]) => `${id}0${STATES.indexOf(state)}`).join(""), "hex");
}

/** Inverse of `encodeStates`. Throws PeerError. */
export function decodeStates(body: Uint8Array): Map<string, BlockState> {
  if (body.length % (ID_BYTES + 1) !== 0 || body.length > MAX_IDS * (ID_BYTES + 1)) throw malformed();
  const states = new Map<string, BlockState>();
  for (let at = 0; at < body.length; at += ID_BYTES + 1) {
    const state = STATES[body[at + ID_BYTES] ?? STATES.length];
    if (state === undefined) throw malformed();
    states.set(Buffer.from(body.subarray(at, at + ID_BYTES)).toString("hex"), state);
  }
  return states;
}

function malformed(): PeerError {
  return new PeerError("QKD_PEER_PROTOCOL", "the peer sent a malformed block agreement message");
}
