import type { KeyOrigin } from "../key-pool.ts";
import type { OpeningKind } from "../opening-report.ts";
import {
  eachOrigin,
  firstRecord,
  lastSequence,
  NOWHERE,
  type OriginAnchor,
  type PadAnchor,
  type Position,
  WHOLE_BLOCK,
} from "./anchor-record.ts";
import type { DatabaseFacts, Judgement } from "./judge-opening.ts";

/** What opening a store takes out of use, in the transaction of the opening. */
export interface OpeningPlan {
  readonly kind: OpeningKind;
  readonly evidence: readonly string[];
  readonly storeId: string;
  /** Number of this opening. */
  readonly generation: number;
  readonly anchorVersion: number;
  readonly lastSeenMs: number;
  readonly origins: Readonly<Record<KeyOrigin, OriginPlan>>;
  /** Pads are used behind these alone. */
  readonly pads: readonly PadAnchor[];
  /** Nothing tells up to where own pads were used. */
  readonly holdPads: boolean;
}

/** What is taken out of use of one origin. */
export interface OriginPlan {
  /** What the newest record says; the next one says no less. */
  readonly before: OriginAnchor;
  /** Own halves up to here, also of blocks that become available later. */
  readonly ownUpTo: Position;
  /** The other site's halves up to here. */
  readonly fetchedUpTo: Position;
  /** Pending blocks up to this sequence are set aside; -1 for none. */
  readonly quarantineUpTo: number;
  /** Blocks up to this sequence never enter again; -1 for none. */
  readonly floor: number;
}

/**
 * What the judgement of an opening asks for. A crash burns what the lease let leave. Only where changes are missing for
 * certain the other site's halves are burnt too: a key that is fetched again is the same key, under the same ID, for
 * the same SAE, and after a mere crash keys that the other site handed out must still be there.
 */
export function openingPlan(
  { kind, evidence, record }: Judgement,
  facts: DatabaseFacts | null,
  freshStoreId: string,
): OpeningPlan {
  const base = record ?? firstRecord(freshStoreId);
  const lost = kind === "rolledBack" || kind === "emptied" || kind === "replaced";
  const unknown = kind === "unanchored" || kind === "replaced";
  return {
    kind,
    evidence,
    storeId: facts?.storeId ?? freshStoreId,
    generation: Math.max(base.generation, facts?.generation ?? 0) + 1,
    anchorVersion: Math.max(base.version, facts?.anchorVersion ?? 0),
    lastSeenMs: base.lastSeenMs,
    pads: base.pads,
    holdPads: unknown || (kind === "emptied" && record === null),
    origins: eachOrigin((origin) => {
      const before = base.origins[origin];
      const { own, fetched, released } = before;
      const last = facts?.last[origin] ?? -1;
      const everything = { sequence: Math.max(last, own.upTo.sequence), offset: WHOLE_BLOCK };
      const given = kind === "clean" ? NOWHERE : own.upTo;
      return {
        before,
        ownUpTo: unknown && everything.sequence >= 0 ? everything : given,
        fetchedUpTo: lost ? fetched.upTo : NOWHERE,
        quarantineUpTo: lost ? released : -1,
        floor: lost || kind === "unanchored" ? lastSequence(before) : -1,
      };
    }),
  };
}
