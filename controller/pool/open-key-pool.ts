import { ConfigError } from "../../errors/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import type { AuditEntry } from "./audit-log.ts";
import { AUTH_SEGMENT_BYTES } from "./auth-store.ts";
import type { CountedKey } from "./key-counter.ts";
import type { AuthReserve, KeyOrigin, KeyPool, SiteRole, TakenKey } from "./key-pool.ts";
import { LINK_KEY_BYTES } from "./key-store.ts";
import { KEY_FILE_BYTES, readSecretFile } from "./secret-file.ts";
import { StoreClient } from "./store-client.ts";

/** Recommended length of the pre-placed secret: the link key and 16 KiB of authentication key per direction. */
export const PRE_PLACED_SECRET_BYTES = LINK_KEY_BYTES + 2 * 16_384;
/** Shortest pre-placed secret: the link key and 512 bytes per direction. */
export const MIN_PRE_PLACED_SECRET_BYTES = LINK_KEY_BYTES + 2 * 512;
/** Longest pre-placed secret. */
export const MAX_PRE_PLACED_SECRET_BYTES = LINK_KEY_BYTES + 2 * AUTH_SEGMENT_BYTES;

/** How to open one site's key pool. */
export interface KeyPoolOptions {
  /** The database file; created when missing. */
  readonly path: string;
  /** File of 32 random bytes, mode 0600, made by `createKeyFile`; without it the store cannot be read. */
  readonly keyFile: string;
  readonly site: SiteRole;
  /** Names the link; a store belongs to one link and site. */
  readonly linkId: string;
  /**
   * The secret placed at both sites beforehand, whole, of an even length between MIN_ and
   * MAX_PRE_PLACED_SECRET_BYTES: 32 bytes link key, then the pads Alice to Bob, then Bob to Alice. A fresh store
   * needs a fresh secret, or pads would be used twice. Not changed, not kept.
   */
  readonly linkSecret: SecretBytes;
  /** Most bits held per origin; default 2^30. */
  readonly capacityBits?: number;
  /** How long a fetched key may be fetched again under the same ID by the same SAE; default 10 000, 0 = never. */
  readonly redeliveryMs?: number;
  /** Most bytes of the database file; default no limit. */
  readonly maxBytes?: number;
  /** Audit entries kept; default 1 000 000. */
  readonly auditRows?: number;
}

/** The audit log of a store. */
export interface PoolAudit {
  /** Newest entries, newest first. */
  tail(count: number): Promise<AuditEntry[]>;
  /** Recomputes the hash chain; `brokenAt` names the first entry that does not fit. */
  verify(): Promise<{ readonly entries: number; readonly brokenAt: number | null }>;
}

/** An open store: its keys, its authentication reserve, its audit log. `pool.close()` closes all three. */
export interface OpenKeyPool {
  readonly pool: KeyPool;
  readonly auth: AuthReserve;
  readonly audit: PoolAudit;
}

const DEFAULT_CAPACITY_BITS = 2 ** 30;
const DEFAULT_REDELIVERY_MS = 10_000;
const DEFAULT_AUDIT_ROWS = 1_000_000;
const SWEEP_EVERY_MS = 250;

/**
 * Opens one site's durable key store in a worker thread.
 * KeyStoreError QKD_KEYSTORE_LOCKED when another process has it open, QKD_KEYSTORE_UNREADABLE for a damaged file or
 * a key file that does not fit, QKD_KEYSTORE_CONFLICT for the store of another site or link or a secret used before,
 * QKD_KEYSTORE_FULL without disk space; ConfigError for impossible options.
 */
export async function openKeyPool(options: KeyPoolOptions): Promise<OpenKeyPool> {
  checkOptions(options);
  const kek = readSecretFile(options.keyFile, KEY_FILE_BYTES);
  const { path, linkId, site, maxBytes } = options;
  const client = await StoreClient.open({
    settings: {
      ...{ path, linkId, site, kek: kek.reveal(), linkSecret: options.linkSecret.reveal() },
      capacityBits: options.capacityBits ?? DEFAULT_CAPACITY_BITS,
      redeliveryMs: options.redeliveryMs ?? DEFAULT_REDELIVERY_MS,
      auditRows: options.auditRows ?? DEFAULT_AUDIT_ROWS,
      ...(maxBytes === undefined ? {} : { maxBytes }),
    },
    sweepEveryMs: SWEEP_EVERY_MS,
  }).finally(() => kek.wipe());
  return { pool: poolOf(client), auth: authOf(client), audit: auditOf(client) };
}

function poolOf(client: StoreClient): KeyPool {
  return {
    addPending: ({ key, ...block }) => client.addPending({ ...block, key: key.reveal() }),
    makeAvailable: (blockId) => client.call("makeAvailable", blockId),
    discard: (blockId) => client.call("discard", blockId),
    pending: () => client.call("pending"),
    highestSequence: (origin) => client.call("highestSequence", origin),
    blockState: (blockId) => client.call("blockState", blockId),
    takeMany: async ({ bits, count, audience, origin }) =>
      (await client.call("take", bits, count, audience, origin)).map(asTaken),
    takeByIds: async (keyIds, audience) => (await client.call("fetch", keyIds, audience)).map(asTaken),
    status: (origin) => client.call("status", origin),
    expire: (nowMs, maxAgeMs, origin?: KeyOrigin) => client.call("expire", nowMs, maxAgeMs, origin ?? null),
    close: () => client.close(),
  };
}

function authOf(client: StoreClient): AuthReserve {
  return {
    reserve: async (bytes) => {
      const { offset, material } = await client.call("authReserve", bytes);
      return { offset, material: new SecretBytes(material) };
    },
    reserveFromPeer: async (offset, bytes) =>
      new SecretBytes(await client.call("authReserveFromPeer", offset, bytes)),
    replenish: (sequence, material) => client.call("authReplenish", sequence, material.reveal()),
    remaining: () => client.call("authRemaining"),
    held: () => client.call("authHeld"),
    forget: (sequences) => client.call("authForget", sequences),
  };
}

function auditOf(client: StoreClient): PoolAudit {
  return { tail: (count) => client.call("auditTail", count), verify: () => client.call("auditVerify") };
}

function asTaken({ bytes, ...facts }: CountedKey): TakenKey {
  return { ...facts, key: new SecretBytes(bytes) };
}

function checkOptions(options: KeyPoolOptions): void {
  const secretBytes = options.linkSecret.length;
  const count = (value: number | undefined, least: number) =>
    value === undefined || (Number.isSafeInteger(value) && value >= least);
  const wrong =
    (options.path === "" && "path: must name a file") ||
    (options.linkId === "" && "linkId: must not be empty") ||
    ((secretBytes < MIN_PRE_PLACED_SECRET_BYTES ||
      secretBytes > MAX_PRE_PLACED_SECRET_BYTES ||
      secretBytes % 2) &&
      `linkSecret: needs an even length of ${MIN_PRE_PLACED_SECRET_BYTES} to ${MAX_PRE_PLACED_SECRET_BYTES} bytes`) ||
    (!count(options.capacityBits, 512) && "capacityBits: must be a whole number of at least 512") ||
    (!count(options.redeliveryMs, 0) && "redeliveryMs: must be a whole number of at least 0") ||
    (!count(options.maxBytes, 8 * 2 ** 20) && "maxBytes: must be a whole number of at least 8388608") ||
    (!count(options.auditRows, 1000) && "auditRows: must be a whole number of at least 1000");
  if (wrong) throw new ConfigError("QKD_CONFIG_INVALID", wrong);
}
