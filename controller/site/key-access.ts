import type { KeyAudience, KeyOrigin, KeyPool, PoolStatus, TakenKey } from "../pool/key-pool.ts";

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
  /** `count` keys at once, all or nothing. */
  takeMany(request: TakeRequest & { readonly count: number }): Promise<TakenKey[]>;
  /** The key that the other site handed out under this ID: `from` took it, `for` fetches it here. */
  takeById(keyId: string, audience: { readonly from: string; readonly for?: string }): Promise<TakenKey>;
  status(origin?: KeyOrigin): Promise<PoolStatus>;
}

/** How origins are chosen for a caller that accepts post-quantum keys. */
export type OriginOrder = () => readonly KeyOrigin[];

/** Wraps a pool for library users at the site called `name`. */
export function keyAccess(
  pool: KeyPool,
  name: string,
  order: OriginOrder,
  takeInOrder: (
    request: { readonly bits: number; readonly count: number; readonly audience: KeyAudience },
    origins: readonly KeyOrigin[],
  ) => Promise<TakenKey[]>,
): KeyAccess {
  const takeMany: KeyAccess["takeMany"] = ({ bits, count, for: slave, as = name, allowPqc = false }) =>
    takeInOrder({ bits, count, audience: { master: as, slave } }, allowPqc ? order() : ["qkd"]);
  return {
    takeMany,
    take: async (request) => {
      const [key] = await takeMany({ ...request, count: 1 });
      return key as TakenKey;
    },
    takeById: async (keyId, { from, for: slave = name }) => {
      const [key] = await pool.takeByIds([keyId], { master: from, slave });
      return key as TakenKey;
    },
    status: (origin = "qkd") => pool.status(origin),
  };
}
