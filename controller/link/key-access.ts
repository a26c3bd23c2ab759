import { KeyStoreError } from "../../errors/index.ts";
import { type KeySource, takeKeys } from "../delivery/take-keys.ts";
import type { KeyTerms } from "../policy/key-choice.ts";
import type { KeyOrigin, PoolStatus, TakenKey } from "../pool/key-pool.ts";

/** What an embedding key management system asks for. */
export interface TakeRequest {
  /** Multiple of 8. */
  readonly bits: number;
  /** The application at the other site that will fetch the same key. */
  readonly for: string;
  /** The application at this site; default: the site's own name. */
  readonly as?: string;
  /** Accept keys of the post-quantum fallback too; default false. */
  readonly allowPqc?: boolean;
  /** Take keys of this origin alone; `hybrid` and `pqc` need no `allowPqc`. */
  readonly origin?: KeyOrigin;
}

/** The key pool as a library user sees it. Every key carries its origin. */
export interface KeyAccess {
  /** One key from this site's half; durable before it resolves. Rejects with KeyStoreError. */
  take(request: TakeRequest): Promise<TakenKey>;
  /** `count` keys of one origin at once, all or nothing. */
  takeMany(request: TakeRequest & { readonly count: number }): Promise<TakenKey[]>;
  /** The key that the other site handed out under this ID: `from` took it, `for` fetches it here. */
  takeById(keyId: string, audience: { readonly from: string; readonly for?: string }): Promise<TakenKey>;
  status(origin?: KeyOrigin): Promise<PoolStatus>;
}

// The embedding program is the site itself, not one of many callers: it gets what is left, in fallback too.
const QKD_ALONE: KeyTerms = { accepts: ["qkd", "relay"], stockDuringFallback: "serve" };
const PQC_TOO: KeyTerms = { accepts: ["qkd", "relay", "pqc"], stockDuringFallback: "serve" };
const ANY: KeyTerms = { accepts: ["qkd", "relay", "hybrid", "pqc"], stockDuringFallback: "serve" };

/** Opens a source of keys to library users at the site called `name`. */
export function keyAccess(source: KeySource, name: string): KeyAccess {
  const takeMany: KeyAccess["takeMany"] = async (request) => {
    const { bits, count, for: slave, as: master = name, allowPqc = false, origin } = request;
    const terms = origin === undefined ? (allowPqc === true ? PQC_TOO : QKD_ALONE) : ANY;
    const wanted = { bits, count, audience: { master, slave }, ...(origin === undefined ? {} : { origin }) };
    const taken = await takeKeys(source, terms, wanted);
    if (taken.keys === null) throw taken.cause ?? exhausted(bits, count);
    return taken.keys;
  };
  return {
    takeMany,
    take: async (request) => only(await takeMany({ ...request, count: 1 })),
    takeById: async (keyId, { from: master, for: slave = name }) =>
      only(await source.pool.takeByIds([keyId], { master, slave })),
    status: (origin = "qkd") => source.pool.status(origin),
  };
}

function exhausted(bits: number, count: number): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", "no pool that the caller accepts holds enough key", {
    retryable: true,
    context: { bits, count },
  });
}

function only(keys: readonly TakenKey[]): TakenKey {
  const [key] = keys;
  if (key === undefined) throw new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", "the pool gave no key");
  return key;
}
