import { InternalError } from "../../../errors/index.ts";
import type { KeyOrigin } from "../key-pool.ts";
import type { Slot } from "./anchor-codec.ts";
import {
  ANCHORED_ORIGINS,
  type AnchorRecord,
  type AuditHead,
  eachOrigin,
  type Frontier,
  isBefore,
  later,
  MAX_ANCHORED_SECRETS,
  type Position,
} from "./anchor-record.ts";
import { type DatabaseFacts, judgeOpening } from "./judge-opening.ts";
import { type Lease, nextLease } from "./lease.ts";
import { type OpeningPlan, openingPlan } from "./opening-plan.ts";
import { anchoredPads, isNothing, joined, NO_REACH, type Reach } from "./reach.ts";

/** What happens to a store, as far as its anchor is concerned. */
export type AnchorEvent =
  /** The database was looked at; nothing in it was changed. `freshStoreId` names it if its tables are to be made. */
  | {
      readonly type: "open";
      readonly nowMs: number;
      readonly slots: readonly Slot[];
      readonly facts: DatabaseFacts | null;
      readonly freshStoreId: string;
    }
  /** The opening is durable; `reach` is how far the database is used now. */
  | { readonly type: "opened"; readonly nowMs: number; readonly head: AuditHead; readonly reach: Reach }
  /** Work that waits for its commit; `head` is that of the last commit. */
  | { readonly type: "work"; readonly nowMs: number; readonly head: AuditHead; readonly reach: Reach }
  /** That work is durable. */
  | { readonly type: "committed"; readonly reach: Reach }
  /** Nothing more will be asked; all is durable. */
  | { readonly type: "close"; readonly nowMs: number; readonly head: AuditHead };

/** What is to be done, strictly one after the other: what comes later may rely on what came before. */
export type AnchorEffect =
  | { readonly type: "anchor"; readonly slot: 0 | 1; readonly record: AnchorRecord }
  /** `plan`: what an opening takes out of use, within the commit. */
  | {
      readonly type: "commit";
      readonly plan: OpeningPlan | null;
      /** The database notes this version with the commit; null: no record was written for it. */
      readonly anchorVersion: number | null;
    }
  /** Somebody should be told that the database was not the newest. */
  | { readonly type: "alarm"; readonly plan: OpeningPlan }
  /** From here on keys, pads and answers of the work may leave. */
  | { readonly type: "deliver" }
  | { readonly type: "close" };

/** What is known while a store is open. */
export interface AnchorState {
  /** Least bytes of a lease; 0 = every use is recorded before it leaves. */
  readonly leaseBytes: number;
  /** In both slots; null before the opening. */
  readonly record: AnchorRecord | null;
  /** Larger than every version that a slot may hold. */
  readonly nextVersion: number;
  readonly plan: OpeningPlan | null;
  /** How far durable commits reach. */
  readonly reached: Reach;
  readonly leases: Readonly<Record<KeyOrigin, { readonly own: Lease; readonly fetched: Lease }>>;
}

/** What comes of an event. */
export interface Decision {
  readonly state: AnchorState;
  readonly effects: readonly AnchorEffect[];
}

/** Before a store is opened. */
export function closedAnchor(leaseBytes: number): AnchorState {
  const lease = { bytes: leaseBytes, sinceMs: 0 };
  return {
    leaseBytes,
    record: null,
    nextVersion: 1,
    plan: null,
    reached: NO_REACH,
    leases: eachOrigin(() => ({ own: lease, fetched: lease })),
  };
}

/** What a store does with its anchor: no byte leaves beyond what both slots of the file say may leave. */
export function decide(state: AnchorState, event: AnchorEvent): Decision {
  switch (event.type) {
    case "open":
      return open(state, event);
    case "opened":
      return opened(state, event);
    case "work":
      return work(state, event);
    case "committed":
      return { state: { ...state, reached: joined(state.reached, event.reach) }, effects: [] };
    case "close":
      return close(state, event);
  }
}

/**
 * Tables that are made now get their name and their past into the anchor first: without it they would look like
 * somebody else's. Where tables are there, what was burnt is durable before the anchor forgets why.
 */
function open(state: AnchorState, { slots, facts, freshStoreId, nowMs }: EventOf<"open">): Decision {
  const judgement = judgeOpening(slots, facts);
  const plan = openingPlan(judgement, facts, freshStoreId);
  const commit: AnchorEffect = { type: "commit", plan, anchorVersion: plan.anchorVersion };
  const next = { ...state, plan, nextVersion: plan.anchorVersion + 1 };
  if (facts !== null) return { state: next, effects: [commit] };
  const record = recordOf(next, plan, { number: 0, hash: "00".repeat(32) }, nowMs, NO_REACH);
  return written(next, record, [commit]);
}

function opened(state: AnchorState, { head, reach, nowMs }: EventOf<"opened">): Decision {
  const plan = planOf(state);
  const record = recordOf(state, plan, head, nowMs, reach);
  const told: AnchorEffect[] = plan.evidence.length > 0 ? [{ type: "alarm", plan }] : [];
  return written({ ...state, reached: reachOf(record) }, record, [...told, { type: "deliver" }]);
}

function work(state: AnchorState, { reach, head, nowMs }: EventOf<"work">): Decision {
  const last = openRecord(state);
  const deliver: AnchorEffect = { type: "deliver" };
  if (isNothing(reach) || isWithin(reach, last)) {
    return { state, effects: [{ type: "commit", plan: null, anchorVersion: null }, deliver] };
  }
  const leases = { ...state.leases };
  const origins = eachOrigin((origin) => {
    const before = last.origins[origin];
    const { own, fetched, released } = reach.origins[origin];
    const durable = state.reached.origins[origin];
    const extend = (kind: "own" | "fetched", position: Position): Frontier => {
      const { upTo } = before[kind];
      if (!isBefore(upTo, position)) return { upTo, reached: later(before[kind].reached, durable[kind]) };
      const used = bytesBetween(before[kind].reached, position);
      const lease = nextLease(leases[origin][kind], used, nowMs, state.leaseBytes);
      leases[origin] = { ...leases[origin], [kind]: lease };
      return {
        upTo: { sequence: position.sequence, offset: position.offset + lease.bytes },
        reached: later(before[kind].reached, durable[kind]),
      };
    };
    return {
      own: extend("own", own),
      fetched: extend("fetched", fetched),
      released: Math.max(before.released, released),
    };
  });
  const record: AnchorRecord = {
    ...last,
    version: state.nextVersion,
    audit: head,
    lastSeenMs: Math.max(last.lastSeenMs, nowMs),
    origins,
    pads: anchoredPads(last.pads, reach.pads).slice(-MAX_ANCHORED_SECRETS),
  };
  const commit: AnchorEffect = { type: "commit", plan: null, anchorVersion: record.version };
  return written({ ...state, leases }, record, [commit, deliver]);
}

/** Bytes used since; of blocks between the two nothing is known. */
function bytesBetween(from: Position, to: Position): number {
  return from.sequence === to.sequence ? Math.max(0, to.offset - from.offset) : to.offset;
}

function close(state: AnchorState, { head, nowMs }: EventOf<"close">): Decision {
  const last = openRecord(state);
  const record: AnchorRecord = {
    ...last,
    version: state.nextVersion,
    clean: true,
    audit: head,
    lastSeenMs: Math.max(last.lastSeenMs, nowMs),
    origins: eachOrigin((origin) => {
      const { own, fetched, released } = state.reached.origins[origin];
      return {
        own: { upTo: own, reached: own },
        fetched: { upTo: fetched, reached: fetched },
        released: Math.max(last.origins[origin].released, released),
      };
    }),
  };
  return written(state, record, [{ type: "close" }]);
}

/** The record of a store just opened: what was burnt is durable, so it is reached. */
function recordOf(
  state: AnchorState,
  plan: OpeningPlan,
  audit: AuditHead,
  nowMs: number,
  reach: Reach,
): AnchorRecord {
  return {
    storeId: plan.storeId,
    version: state.nextVersion,
    clean: false,
    generation: plan.generation,
    audit,
    lastSeenMs: Math.max(plan.lastSeenMs, nowMs),
    origins: eachOrigin((origin) => {
      const { own, fetched, released } = reach.origins[origin];
      const { before, ownUpTo } = plan.origins[origin];
      const given = later(own, ownUpTo);
      const seen = later(fetched, before.fetched.upTo);
      return {
        own: { upTo: given, reached: given },
        fetched: { upTo: seen, reached: seen },
        released: Math.max(released, before.released),
      };
    }),
    pads: anchoredPads(plan.pads, reach.pads).slice(-MAX_ANCHORED_SECRETS),
  };
}

/** How far a store reaches that was just opened: what was burnt counts as used. */
function reachOf({ origins, pads }: AnchorRecord): Reach {
  return {
    origins: eachOrigin((origin) => {
      const { own, fetched, released } = origins[origin];
      return { own: own.reached, fetched: fetched.reached, released };
    }),
    pads,
  };
}

/** Both slots before anything relies on the record: then one that is damaged later costs nothing. */
function written(state: AnchorState, record: AnchorRecord, after: readonly AnchorEffect[]): Decision {
  const anchor = ([0, 1] as const).map((slot): AnchorEffect => ({ type: "anchor", slot, record }));
  return { state: { ...state, record, nextVersion: record.version + 1 }, effects: [...anchor, ...after] };
}

function isWithin(reach: Reach, { origins, pads }: AnchorRecord): boolean {
  return (
    ANCHORED_ORIGINS.every((origin) => {
      const { own, fetched, released } = reach.origins[origin];
      const may = origins[origin];
      return !isBefore(may.own.upTo, own) && !isBefore(may.fetched.upTo, fetched) && released <= may.released;
    }) &&
    reach.pads.every(({ secret, own, peer, held }) =>
      pads.some(
        (pad) =>
          pad.secret === secret && own <= pad.own && peer <= pad.peer && (held ?? pad.held) === pad.held,
      ),
    )
  );
}

type EventOf<Type extends AnchorEvent["type"]> = Extract<AnchorEvent, { readonly type: Type }>;

function planOf({ plan }: AnchorState): OpeningPlan {
  if (plan === null) throw new InternalError("QKD_INTERNAL", "a store is opened before it is used");
  return plan;
}

function openRecord({ record }: AnchorState): AnchorRecord {
  if (record === null) throw new InternalError("QKD_INTERNAL", "a store is opened before it is used");
  return record;
}
