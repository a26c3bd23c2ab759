import type { AuthReserve, KeyPool, OpenKeyPool, PoolAudit } from "./key-pool.ts";

/** One call of the contract as data: it can wait in a queue and travel to another thread. */
export interface ContractCall {
  readonly part: keyof OpenKeyPool;
  readonly name: string;
  readonly args: readonly unknown[];
}

const POOL = {
  addPending: true,
  makeAvailable: true,
  discard: true,
  pending: true,
  blockState: true,
  takeMany: true,
  takeByIds: true,
  status: true,
  highestSequence: true,
  expire: true,
  close: true,
} satisfies Record<keyof KeyPool, true>;

const AUTH = {
  reserve: true,
  reserveFromPeer: true,
  replenish: true,
  remaining: true,
  held: true,
  forget: true,
} satisfies Record<keyof AuthReserve, true>;

const AUDIT = { tail: true, verify: true } satisfies Record<keyof PoolAudit, true>;

/** The contract whose every call is handed to `carry`, which brings it to where it is answered. */
export function keyPoolOver(carry: (call: ContractCall) => Promise<unknown>): OpenKeyPool {
  const partOver = (part: keyof OpenKeyPool, names: object): object => {
    const calls = Object.keys(names).map((name) => {
      const call = (...args: readonly unknown[]) => carry({ part, name, args });
      return [name, call] as const;
    });
    return Object.fromEntries(calls);
  };
  return {
    pool: partOver("pool", POOL) as KeyPool,
    auth: partOver("auth", AUTH) as AuthReserve,
    audit: partOver("audit", AUDIT) as PoolAudit,
  };
}
