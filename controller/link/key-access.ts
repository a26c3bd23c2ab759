import { KeyStoreError } from "../../errors/index.ts";
import type { FallbackView } from "../delivery/key-access.ts";
import type { KeyOrigin, KeyPool, PoolStatus, TakenKey } from "../pool/key-pool.ts";

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

/** Wraps a pool for library users at the site called `name`. */
export function keyAccess(
  pool: KeyPool,
  name: string,
  fallback: () => FallbackView,
  morePqc: (bits: number) => Promise<void>,
): KeyAccess {
  const takeMany: KeyAccess["takeMany"] = async ({
    bits,
    count,
    for: slave,
    as = name,
    allowPqc = false,
  }) => {
    const request = { bits, count, audience: { master: as, slave } };
    const takePqc = async () => {
      await morePqc(bits * count);
      return pool.takeMany({ ...request, origin: "pqc" });
    };
    const takeQkd = () => pool.takeMany({ ...request, origin: "qkd" });
    if (!allowPqc) return takeQkd();
    return fallback().engaged ? unlessExhausted(takePqc, takeQkd) : unlessExhausted(takeQkd, takePqc);
  };
  return {
    takeMany,
    take: async (request) => only(await takeMany({ ...request, count: 1 })),
    takeById: async (keyId, { from, for: slave = name }) =>
      only(await pool.takeByIds([keyId], { master: from, slave })),
    status: (origin = "qkd") => pool.status(origin),
  };
}

async function unlessExhausted<T>(first: () => Promise<T>, second: () => Promise<T>): Promise<T> {
  try {
    return await first();
  } catch (error) {
    if (error instanceof KeyStoreError && error.code === "QKD_KEYSTORE_EXHAUSTED") return second();
    throw error;
  }
}

function only(keys: readonly TakenKey[]): TakenKey {
  const [key] = keys;
  if (key === undefined) throw new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", "the pool gave no key");
  return key;
}
