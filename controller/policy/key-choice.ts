import { checkArgument, maybe, rule } from "../../options/index.ts";
import type { KeyOrigin } from "../pool/key-pool.ts";
import type { FallbackView } from "./fallback/fallback-view.ts";

/** What one caller takes. */
export interface KeyTerms {
  /** Origins whose keys the caller accepts. */
  readonly accepts: readonly KeyOrigin[];
  /**
   * What becomes of the stock of QKD keys while fallback is engaged, for a caller that accepts no other keys and does
   * not insist on these by name.
   */
  readonly stockDuringFallback: "refuse" | "serve";
}

/** The keys wanted. */
export interface KeyWish {
  /** Bits of all keys of the request together. */
  readonly bits: number;
  /** The only origin wanted: the caller insists on it. */
  readonly origin?: KeyOrigin;
}

/** All that the choice knows. */
export interface KeyChoiceInput {
  readonly terms: KeyTerms;
  readonly wish: KeyWish;
  readonly fallback: FallbackView;
  /** Bits that this site can issue, by origin; an origin that is missing is tried. */
  readonly levels: Readonly<Partial<Record<KeyOrigin, number>>>;
  /** Origins of which key can be made on demand. */
  readonly canMake: readonly KeyOrigin[];
}

/** One attempt; the next one follows when this origin proves to hold too little. */
export interface KeyStep {
  readonly origin: KeyOrigin;
  /** Have enough made first. */
  readonly makeMore: boolean;
}

/**
 * Why no key is served: the caller accepts none of what was asked for, fallback spares the stock, or there is too
 * little key of every origin that the caller accepts.
 */
export type NoKeyReason = "notAccepted" | "stockSpared" | "exhausted";

/** What to try in order, or why there is nothing to try. */
export type KeyChoice =
  | { readonly steps: readonly KeyStep[] }
  | { readonly steps: null; readonly reason: NoKeyReason };

/** Best first: a direct link, other nodes trusted, both kinds together, computational security alone. */
const BEST_FIRST: readonly KeyOrigin[] = ["qkd", "relay", "hybrid", "pqc"];

const ORIGIN = rule.choice(...BEST_FIRST);
const INPUT = rule.like(
  {
    terms: rule.like({
      accepts: rule.list(ORIGIN),
      stockDuringFallback: rule.choice("refuse", "serve"),
    }),
    wish: rule.like({ bits: rule.anyNumber, origin: maybe(ORIGIN) }),
    fallback: rule.like({ engaged: rule.flag }),
    levels: rule.anyObject,
    canMake: rule.list(ORIGIN),
  },
  "terms, wish, fallback, levels and canMake",
);

/**
 * Decides which origin serves a request: the best key that the caller accepts, of stock where there is some, else made on
 * demand where that is possible. While fallback is engaged QKD keys come last, after what is made, so that those left last
 * longer for callers that take nothing else. Pure.
 */
export function keyChoice(known: KeyChoiceInput): KeyChoice {
  checkArgument("input", known, INPUT);
  const { terms, wish, fallback, levels, canMake } = known;
  const origins = acceptedOrigins(terms, wish);
  if (origins.length === 0) return { steps: null, reason: "notAccepted" };
  if (wish.origin === undefined && sparesStock(terms, fallback)) {
    return { steps: null, reason: "stockSpared" };
  }
  const ordered = fallback.engaged ? qkdLast(origins) : origins;
  const steps = ordered.flatMap((origin): KeyStep[] => {
    const take = { origin, makeMore: false };
    const make = { origin, makeMore: true };
    const stocked = (levels[origin] ?? wish.bits) >= wish.bits;
    // Others may take what is there now, so more is made also where the stock suffices.
    return (stocked ? [take] : []).concat(canMake.includes(origin) ? [make] : []);
  });
  return steps.length > 0 ? { steps } : { steps: null, reason: "exhausted" };
}

/** Whether the stock is kept from a caller that does not insist on it by name. */
export function sparesStock({ accepts, stockDuringFallback }: KeyTerms, fallback: FallbackView): boolean {
  const plain = accepts.length > 0 && accepts.every((origin) => origin === "qkd");
  return fallback.engaged && plain && stockDuringFallback === "refuse";
}

/** Origins that can serve the request at all, best first. */
export function acceptedOrigins(terms: KeyTerms, wish: KeyWish): readonly KeyOrigin[] {
  return BEST_FIRST.filter((origin) => terms.accepts.includes(origin) && (wish.origin ?? origin) === origin);
}

function qkdLast(origins: readonly KeyOrigin[]): readonly KeyOrigin[] {
  const others = origins.filter((origin) => origin !== "qkd");
  return origins.includes("qkd") ? [...others, "qkd"] : others;
}
