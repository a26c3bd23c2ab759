/** What the overseer asks of a site, a line of JSON each. */
export type Order =
  | { readonly ask: "hold" | "release" | "discard"; readonly sequence: number }
  | { readonly ask: "states"; readonly sequences: readonly number[] }
  | { readonly ask: "fetch"; readonly keyId: string }
  | { readonly ask: "peerPad"; readonly offset: number }
  | { readonly ask: "resume"; readonly offset: number; readonly peerUsed: number }
  | { readonly ask: "close" };

/** A key or pad by what does not tell it: a salted digest of each 16 bytes. */
export type Digests = readonly string[];

/** What a site tells, each only after its store acknowledged it. */
export type Said =
  | {
      readonly said: "ready";
      readonly kind: string;
      readonly padsHeldBack: boolean;
      readonly burntBits: number;
      readonly openMs: number;
      readonly auditWhole: boolean;
    }
  | { readonly said: "refused"; readonly code: string }
  | { readonly said: "held" | "released" | "discarded"; readonly sequence: number }
  | { readonly said: "states"; readonly states: Readonly<Record<string, string>> }
  | { readonly said: "own"; readonly keyId: string; readonly sequence: number; readonly digests: Digests }
  | { readonly said: "fetched"; readonly keyId: string; readonly digests: Digests }
  | { readonly said: "unknown"; readonly keyId: string }
  | { readonly said: "pad"; readonly offset: number; readonly past: number; readonly digests: Digests }
  | { readonly said: "peerPad"; readonly offset: number; readonly digests: Digests }
  | { readonly said: "resumed" }
  | { readonly said: "closed" }
  | { readonly said: "fault"; readonly what: string };

/** Bytes of each pad. */
export const PAD_BYTES = 16;
/** Bytes of each block, which both sites make from the same seed. */
export const BLOCK_BYTES = 12_000;

export const blockIdOf = (sequence: number): string => sequence.toString(16).padStart(32, "0");
