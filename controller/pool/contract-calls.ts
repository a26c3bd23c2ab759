import { SecretBytes } from "../../protocol/index.ts";
import type { AuthReserve, EpsilonLedger, KeyPool, OpenKeyPool, PoolAudit } from "./key-pool.ts";

/** One call of the contract as data, key material bare: it can wait in a queue and travel to another thread. */
export interface ContractCall {
  readonly part: keyof OpenKeyPool;
  readonly name: string;
  readonly args: readonly unknown[];
}

const POOL = {
  addPending: true,
  makeAvailable: true,
  discard: true,
  lose: true,
  pending: true,
  block: true,
  tail: true,
  blockState: true,
  unheardReleases: true,
  releasesHeard: true,
  notices: true,
  noticesHeard: true,
  hearGone: true,
  missing: true,
  hearMissing: true,
  takeMany: true,
  takeByIds: true,
  takePad: true,
  openPad: true,
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
  level: true,
  held: true,
  forget: true,
  resumeFrom: true,
  witness: true,
  beginRecovery: true,
  keepRecovery: true,
  settleRecovery: true,
  recovery: true,
} satisfies Record<keyof AuthReserve, true>;

const LEDGER = { charge: true, totals: true } satisfies Record<keyof EpsilonLedger, true>;

const AUDIT = {
  tail: true,
  verify: true,
  opening: true,
  losses: true,
  commits: true,
} satisfies Record<keyof PoolAudit, true>;

/**
 * The contract whose every call is handed to `carry`, which brings it to where it is answered. Key material leaves
 * its SecretBytes on the way there, and what comes back is put into them.
 */
export function keyPoolOver(carry: (call: ContractCall) => Promise<unknown>): OpenKeyPool {
  const partOver = (part: keyof OpenKeyPool, names: object): object => {
    const calls = Object.keys(names).map((name) => {
      const call = async (...args: readonly unknown[]) =>
        kept(await carry({ part, name, args: args.map(bare) }));
      return [name, call] as const;
    });
    return Object.fromEntries(calls);
  };
  return {
    pool: partOver("pool", POOL) as KeyPool,
    auth: partOver("auth", AUTH) as AuthReserve,
    ledger: partOver("ledger", LEDGER) as EpsilonLedger,
    audit: partOver("audit", AUDIT) as PoolAudit,
  };
}

/** The value with bare bytes for its SecretBytes, not copied. They stand no deeper than as members of a block. */
function bare(value: unknown): unknown {
  if (value instanceof SecretBytes) return value.reveal();
  if (typeof value !== "object" || value === null || !("key" in value)) return value;
  const { key, ...rest } = value;
  return { ...rest, ...("tail" in rest && { tail: bare(rest.tail) }), key: bare(key) };
}

/**
 * The answer with SecretBytes for its bytes: all bytes that the contract gives are secret. In place, since an answer
 * belongs to the call alone and may be thousands of keys.
 */
function kept(value: unknown): unknown {
  if (value instanceof Uint8Array) return new SecretBytes(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) value[index] = kept(value[index]);
    return value;
  }
  const members = value as Record<string, unknown>;
  for (const name in members) {
    if (typeof members[name] === "object") members[name] = kept(members[name]);
  }
  return value;
}
