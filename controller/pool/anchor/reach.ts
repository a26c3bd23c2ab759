import type { KeyOrigin } from "../key-pool.ts";
import {
  ANCHORED_ORIGINS,
  eachOrigin,
  later,
  NOWHERE,
  type PadAnchor,
  type Position,
} from "./anchor-record.ts";

/** Up to where an origin's key is used and released. */
export interface OriginReach {
  readonly own: Position;
  readonly fetched: Position;
  readonly released: number;
}

/** Pads of one secret that changes use; `held` where they change whether own ones are held back. */
export type PadReach = Omit<PadAnchor, "held"> & Partial<Pick<PadAnchor, "held">>;

/** What changes of a store reach: how far keys and pads are used, and which blocks are released. */
export interface Reach {
  readonly origins: Readonly<Record<KeyOrigin, OriginReach>>;
  /** In the order in which the secrets were first used. */
  readonly pads: readonly PadReach[];
}

const NO_KEY: OriginReach = { own: NOWHERE, fetched: NOWHERE, released: -1 };

/** Changes that use nothing. */
export const NO_REACH: Reach = { origins: eachOrigin(() => NO_KEY), pads: [] };

/** How far two pieces of work reach together. */
export function joined(a: Reach, b: Reach): Reach {
  if (b === NO_REACH) return a;
  if (a === NO_REACH) return b;
  return {
    origins: eachOrigin((origin) => {
      const [one, other] = [a.origins[origin], b.origins[origin]];
      return {
        own: later(one.own, other.own),
        fetched: later(one.fetched, other.fetched),
        released: Math.max(one.released, other.released),
      };
    }),
    pads: joinedPads(a.pads, b.pads),
  };
}

/** Pads that either names, each direction as far as the farther of both; held back as `b` says, where it does. */
export function joinedPads(a: readonly PadReach[], b: readonly PadReach[]): PadReach[] {
  const pads = new Map(a.map((pad) => [pad.secret, pad]));
  for (const pad of b) {
    const before = pads.get(pad.secret);
    pads.set(pad.secret, {
      ...before,
      ...pad,
      own: Math.max(before?.own ?? 0, pad.own),
      peer: Math.max(before?.peer ?? 0, pad.peer),
    });
  }
  return [...pads.values()];
}

/** Pads as the anchor names them once work is done that reaches so far. */
export function anchoredPads(before: readonly PadAnchor[], reach: readonly PadReach[]): PadAnchor[] {
  return joinedPads(before, reach).map((pad) => ({ held: false, ...pad }));
}

/** Work on one origin's key. */
export function keyReach(origin: KeyOrigin, reach: Partial<OriginReach>): Reach {
  const origins = { ...NO_REACH.origins, [origin]: { ...NO_KEY, ...reach } };
  return { origins, pads: [] };
}

/** Work on pads of one secret. */
export function padReach(secret: string, reach: Partial<Omit<PadReach, "secret">>): Reach {
  return { origins: NO_REACH.origins, pads: [{ own: 0, peer: 0, ...reach, secret }] };
}

/** Whether `reach` names a key or pad at all. */
export function isNothing(reach: Reach): boolean {
  return (
    reach === NO_REACH ||
    (reach.pads.length === 0 &&
      ANCHORED_ORIGINS.every((origin) => {
        const { own, fetched, released } = reach.origins[origin];
        return own.sequence < 0 && fetched.sequence < 0 && released < 0;
      }))
  );
}
