import { maybe, type RulesOf, rule } from "../../options/index.ts";
import type { Extension } from "../answers/key-container.ts";
import { SAE_ID_RULE } from "./sae-id.ts";

/** What "Get key" may ask (clause 6.2); what is left out the server chooses. */
export interface KeyWish {
  /** Default 1. */
  readonly number?: number;
  /** Of each key; default as the status says. */
  readonly sizeBits?: number;
  /** Further SAEs that get the same keys. */
  readonly additionalSlaveSaeIds?: readonly string[];
  /** Options without which no key is wanted, one pair an object. */
  readonly extensionMandatory?: readonly Extension[];
  readonly extensionOptional?: readonly Extension[];
}

/** Of one call. */
export interface CallOptions {
  /** Gives the call up. */
  readonly signal?: AbortSignal | undefined;
  /** Longest wait for the whole answer, instead of the client's. */
  readonly timeoutMs?: number;
}

const EXTENSIONS = rule.list(rule.anyObject);

export const WISH_RULES: RulesOf<KeyWish> = {
  number: maybe(rule.whole(1, 1_000_000)),
  sizeBits: maybe(rule.whole(1, 2 ** 31 - 1)),
  additionalSlaveSaeIds: maybe(rule.list(SAE_ID_RULE)),
  extensionMandatory: maybe(EXTENSIONS),
  extensionOptional: maybe(EXTENSIONS),
};

export const CALL_RULES: RulesOf<CallOptions> = {
  signal: maybe(rule.instance(AbortSignal, "an AbortSignal")),
  timeoutMs: maybe(rule.wait()),
};

/** The body of the request by the standard's names. */
export function wishBody(wish: KeyWish): object {
  const { number, sizeBits, additionalSlaveSaeIds, extensionMandatory, extensionOptional } = wish;
  return {
    ...(number !== undefined && { number }),
    ...(sizeBits !== undefined && { size: sizeBits }),
    ...(additionalSlaveSaeIds !== undefined && { additional_slave_SAE_IDs: additionalSlaveSaeIds }),
    ...(extensionMandatory !== undefined && { extension_mandatory: extensionMandatory }),
    ...(extensionOptional !== undefined && { extension_optional: extensionOptional }),
  };
}
